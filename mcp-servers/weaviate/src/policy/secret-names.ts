import type { DataType } from '../catalogue/collection.ts';

const SECRET =
  /^(pass(word|wd|phrase|code)?s?|pwd|secrets?|credentials?|creds|token|auth|authorization|bearer|jwt|cookies?|otp|totp|mfa|salt|hash|signature|apikeys?|privatekeys?|pem|ssn|cvv|cvc|pin|iban|webhook)$/;
/** Words that only together are a secret. */
const PAIRS = [
  /(^|_)(api|access|private|secret|signing|encryption|master|service|ssh|client|account|session|refresh|id|user)_(key|keys|token|tokens|secret|secrets)(_|$)/,
  /(^|_)(account|card|social|routing|security|id)_(number|security|code)(_|$)/,
  /(^|_)(connection_(string|uri|url)|(recovery|backup|seed)_(code|codes|phrase)|pass_(word|phrase|code))(_|$)/,
];
/** Names without any case or underscore, such as `userpassword` and `openaiapikey`. */
const RUN =
  /password|passwd|passphrase|secret(?!ar)|apikey|privatekey|accesskey|authtoken|accesstoken|refreshtoken|credential/;
/** Of a number, a date or a yes only what is secret as a number: `token_count` is none. */
const SECRET_NUMBERS = /^(pin|otp|totp|ssn|cvv|cvc|iban|passcode)$/;

/** Whether a property's name says that its values open something: `apiKey`, `password_hash`, `PIN`. */
export function looksSecret(name: string, type: DataType): boolean {
  const words = wordsOf(name);
  if (type === 'int' || type === 'number' || type === 'boolean' || type === 'date') {
    return words.some((word) => SECRET_NUMBERS.test(word)) || /(^|_)card_number/.test(words.join('_'));
  }
  const joined = words.join('_');
  return (
    words.some((word) => SECRET.test(word)) ||
    PAIRS.some((pair) => pair.test(joined)) ||
    RUN.test(joined.replaceAll('_', ''))
  );
}

/** `APIKey2` is `api`, `key`, `2`. */
function wordsOf(name: string): readonly string[] {
  return name
    .normalize('NFKC')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([A-Za-z])(\d)/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}
