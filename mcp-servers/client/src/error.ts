/** Why a call was not answered. The message says what is wrong, `fix` what to do. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError';
  /**
   * Of a server: `argument`, `policy`, `cost`, `not_understood`, `not_found`, `conflict`, `cursor`, `busy`, `unavailable`,
   * `timeout`, `internal`. Of this client: `unauthorized`, `unreachable`, `setting`.
   */
  readonly code: string;
  readonly fix: string;
  /** Seconds after which another try may succeed. */
  readonly retryAfter?: number;

  constructor(
    code: string,
    message: string,
    fix: string,
    more: { readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.fix = fix;
    if (more.retryAfter !== undefined) this.retryAfter = more.retryAfter;
  }
}
