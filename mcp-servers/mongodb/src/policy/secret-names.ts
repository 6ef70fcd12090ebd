/** Names of fields that look like they hold a secret: hidden unless a policy reveals them. */

/**
 * Sequences of words. A name is split at its word boundaries (`apiKey`, `api_key`, `API-KEY`, `apikey` are the same), and hides what
 * it names where one of these is in it. Kept after the fields that gitleaks, detect-secrets and OWASP's cheat sheets name.
 */
const anywhere: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'api key',
  'access key',
  'private key',
  'secret key',
  'signing key',
  'encryption key',
  'decryption key',
  'master key',
  'shared key',
  'account key',
  'service key',
  'license key',
  'ssh key',
  'session key',
  'api keys',
  'access keys',
  'private keys',
  'access tokens',
  'refresh tokens',
  'auth tokens',
  'api tokens',
  'session tokens',
  'bearer',
  'jwt',
  'otp',
  'totp',
  'cvv',
  'cvc',
  'ssn',
  'social security number',
  'recovery code',
  'recovery codes',
  'backup codes',
  'security answer',
  'connection string',
  'client certificate',
  'keystore',
  'htpasswd',
  'authorization',
  'set cookie',
];

/** Only at the end of a name: `accessToken` and `hash` hold one, `tokenCount` and `hashAlgorithm` do not. */
const atTheEnd: readonly string[] = [
  'token',
  'hash',
  'salt',
  'pin',
  'cookie',
  'cookies',
  'signature',
  'session id',
  'mnemonic',
  'seed phrase',
  'auth',
  'pass',
  'nonce',
];

/** What a secret may be followed by and still be one: `token_value`, `passwordHash`. */
const trailing = new Set([
  'value',
  'text',
  'string',
  'plain',
  'raw',
  'encrypted',
  'enc',
  'base64',
  'hex',
  'old',
  'new',
]);

/** Written together, as whole words that hold no others. */
const compounds: readonly (readonly [RegExp, string])[] = [
  [/apikey/g, 'api key'],
  [/accesskey/g, 'access key'],
  [/privatekey/g, 'private key'],
  [/secretkey/g, 'secret key'],
  [/\b(access|refresh|auth|api|session|csrf|xsrf|id|bearer|reset|device|push|login)tokens?/g, '$1 token'],
  [/(access|refresh|auth|api|session) tokens\b/g, '$1 tokens'],
  [/(user|client|db|my|new|old|hashed|encrypted)?(password|passwd|passphrase)(s|hash|salt)?\b/g, '$1 password $3'],
  [/clientsecret/g, 'client secret'],
  [/sessionid/g, 'session id'],
  [/connectionstring/g, 'connection string'],
];

/** The words of a name in lower case, as in `accessTokenID` -> access, token, id. */
export function wordsOf(name: string): string[] {
  const split = name
    .normalize('NFKC')
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ');
  const apart = compounds.reduce((text, [together, words]) => text.replace(together, words), split);
  return apart.split(' ').filter(Boolean);
}

const phrase = (words: readonly string[]) => ` ${words.join(' ')} `;
const known = new Map<string, boolean>();
/** Names whose answer is kept: a database has few. */
const MOST_KNOWN = 10_000;

/** Whether one name, without dots, looks like that of a secret. */
export function looksSecret(name: string): boolean {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const words = wordsOf(name);
  const whole = phrase(words);
  while (words.length > 1 && trailing.has(words.at(-1) ?? '')) words.pop();
  const end = phrase(words);
  const found =
    anywhere.some((secret) => whole.includes(phrase(secret.split(' ')))) ||
    atTheEnd.some((secret) => end.endsWith(phrase(secret.split(' '))));
  if (known.size < MOST_KNOWN) known.set(name, found);
  return found;
}
