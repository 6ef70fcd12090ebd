/** What a failed call of gcloud means. gcloud's exit code does not tell: it is 1 for every answer that is no success. */

export type FailureKind =
  /** What was asked for is not there. */
  | 'absent'
  | 'exists'
  | 'denied'
  | 'unauthenticated'
  | 'api-disabled'
  /** What was just made is not known everywhere yet. */
  | 'not-yet'
  /** Somebody else changed it meanwhile, or it is busy. */
  | 'conflict'
  | 'quota'
  | 'unavailable'
  /** A long operation began and failed. */
  | 'operation'
  | 'timeout'
  /** This gcloud does not know the command or a flag. */
  | 'usage'
  | 'no-gcloud'
  | 'other';

/**
 * Order matters: an answer that access is denied may add "(or it may not exist)", and a disabled API answers 403 too.
 * Compute prints messages without their codes, so some signs are words of a message.
 * `absent` is matched last and by each family's own words: what is not clearly absent must never be created again.
 */
const signs: readonly (readonly [FailureKind, RegExp])[] = [
  [
    'api-disabled',
    /SERVICE_DISABLED|API \[[\w.-]+\] not enabled|has not been used in project .* before or it is disabled/,
  ],
  ['not-yet', /[Ss]ervice account \S+ does not exist|Identity Pool does not exist/],
  [
    'unauthenticated',
    /UNAUTHENTICATED|invalid authentication credentials|code=401|HTTPError 401|do not currently have an active account|Reauthentication|invalid_grant|There was a problem refreshing/,
  ],
  [
    'denied',
    /PERMISSION_DENIED|Permission '[\w.]+' denied|code=403|HTTPError 403|Required '[\w.]+' permission|does not have (?:permission|[\w.]+ access)|\b403\b.*(?:Forbidden|forbidden)/,
  ],
  [
    'quota',
    /RESOURCE_EXHAUSTED|Quota .*exceeded|Rate Limit Exceeded|code=429|HTTPError 429|QUOTA_EXCEEDED|quotaExceeded|rateLimitExceeded/,
  ],
  ['exists', /ALREADY_EXISTS|code=409.*[Aa]lready exists|already exists|HTTPError 409: .*already own/],
  [
    'conflict',
    /is the subject of a conflict|incompatible operation|ABORTED|concurrent policy changes|code=409|HTTPError 409|FAILED_PRECONDITION.*operation|resourceNotReady|is not ready/,
  ],
  [
    'unavailable',
    /UNAVAILABLE|code=50[0234]|HTTPError 50[0234]|INTERNAL|DEADLINE_EXCEEDED|Connection (?:refused|reset|aborted)|Max retries exceeded|Remote end closed/,
  ],
  ['operation', /[Oo]peration \[.*\].*(?:failed|finished with error|error)|finished with error/],
  ['usage', /unrecognized arguments|Invalid choice|argument --?[\w-]+: |Invalid value for \[/],
  ['absent', /NOT_FOUND|code=404|was not found|not found: 404|HTTPError 404/],
];

export function kindOf(exitCode: number | undefined, said: string): FailureKind {
  const [kind = exitCode === 2 ? 'usage' : 'other'] = signs.find(([, sign]) => sign.test(said)) ?? [];
  return kind;
}

const advice: Readonly<Record<FailureKind, string>> = {
  absent: 'Look at the step before: what it made is not there any more.',
  exists: 'Run the command again: it takes what is there.',
  denied:
    'Ask for the role that the message names, or run it as somebody who has it: gcloud auth list says who you are.',
  unauthenticated: 'Log in again: gcloud auth login.',
  'api-disabled': 'Run the command again: APIs are switched on first, and some take a minute to notice.',
  'not-yet': 'Run the command again: a new account takes a minute to be known everywhere.',
  conflict: 'Run the command again: something else was changing it.',
  quota: 'Wait, or ask for more quota: the message names it. Then run the command again.',
  unavailable: 'Run the command again: Google Cloud did not answer as it should.',
  operation: 'Read what the operation says; mend the setting, and run the command again.',
  timeout: 'Run the command again: what is still under way is waited for, not begun anew.',
  usage: 'Update gcloud (gcloud components update): this one does not know what is needed.',
  'no-gcloud': 'Install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install',
  other: 'Read what Google said; the command can be run alone to see more.',
};

export class GcloudFailed extends Error {
  override readonly name = 'GcloudFailed';
  readonly kind: FailureKind;
  /** The command as it can be typed; without its input. */
  readonly command: string;
  /** What gcloud printed on standard error. */
  readonly said: string;
  readonly fix: string;

  constructor(kind: FailureKind, command: string, said: string) {
    super(`${command}: ${said.split('\n')[0] || kind}`);
    this.kind = kind;
    this.command = command;
    this.said = said;
    this.fix = advice[kind];
  }
}
