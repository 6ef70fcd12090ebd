/** What Google's APIs answer when they refuse, and when they do not answer in JSON. */

/** The names of gRPC that these APIs use, with the status of HTTP of each. @see https://cloud.google.com/apis/design/errors */
export const statusCodes = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;
export type Status = keyof typeof statusCodes;

/** Numbers of gRPC, which failed operations carry. */
export const grpcCodes: Readonly<Record<Status, number>> = {
  INVALID_ARGUMENT: 3,
  FAILED_PRECONDITION: 9,
  UNAUTHENTICATED: 16,
  PERMISSION_DENIED: 7,
  NOT_FOUND: 5,
  ABORTED: 10,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  INTERNAL: 13,
  UNAVAILABLE: 14,
};

/** Words of the older form of errors. */
const reasons: Readonly<Record<Status, string>> = {
  INVALID_ARGUMENT: 'invalid',
  FAILED_PRECONDITION: 'conditionNotMet',
  UNAUTHENTICATED: 'authError',
  PERMISSION_DENIED: 'forbidden',
  NOT_FOUND: 'notFound',
  ABORTED: 'conflict',
  ALREADY_EXISTS: 'alreadyExists',
  RESOURCE_EXHAUSTED: 'rateLimitExceeded',
  INTERNAL: 'backendError',
  UNAVAILABLE: 'backendError',
};

export interface GoogleErrorOptions {
  /** Word of the older form. @default that of the status */
  readonly reason?: string;
  readonly details?: readonly object[];
}

/** Thrown by a service; the caller sees it as a refusal. */
export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  readonly status: Status;
  readonly reason: string;
  readonly details: readonly object[];

  constructor(status: Status, message: string, { reason, details = [] }: GoogleErrorOptions = {}) {
    super(message);
    this.status = status;
    this.reason = reason ?? reasons[status];
    this.details = details;
  }

  get code(): number {
    return statusCodes[this.status];
  }

  /** @param form the newer names the status; the older, of compute, dns and storage, has a list of reasons */
  shown(form: 'newer' | 'older'): object {
    const { code, status, message, reason, details } = this;
    const more = details.length > 0 && { status, details };
    return form === 'newer'
      ? { error: { code, message, status, ...more } }
      : { error: { code, message, errors: [{ message, domain: 'global', reason }], ...more } };
  }
}

/** An answer that is not a JSON object with status 200. */
export class RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Buffer = Buffer.alloc(0)) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** How Google says that an API is off. @see https://cloud.google.com/apis/docs/troubleshooting */
export function serviceDisabled(service: string, projectNumber: string): GoogleError {
  const url = `https://console.developers.google.com/apis/api/${service}/overview?project=${projectNumber}`;
  return new GoogleError(
    'PERMISSION_DENIED',
    `${service} has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
    {
      reason: 'accessNotConfigured',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'SERVICE_DISABLED',
          domain: 'googleapis.com',
          metadata: { service, consumer: `projects/${projectNumber}` },
        },
      ],
    },
  );
}
