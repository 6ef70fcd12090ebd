import { type Finding, find, type Rule } from './finding.ts';

/** Forms by which credentials are known, whoever issued them, and numbers that open accounts. */
const rules: readonly Rule[] = [
  {
    rule: 'private-key',
    marks: ['private key'],
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{0,16000}?-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  { rule: 'google-api-key', marks: ['aiza'], pattern: /\bAIza[0-9A-Za-z_-]{35}/g },
  { rule: 'google-oauth-secret', marks: ['gocspx-'], pattern: /\bGOCSPX-[0-9A-Za-z_-]{20,}/g },
  { rule: 'openai-or-anthropic-key', marks: ['sk-'], pattern: /\bsk-(?:or-|proj-|ant-|svcacct-)?[0-9A-Za-z_-]{20,}/g },
  { rule: 'github-token', marks: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], pattern: /\bgh[pousr]_[0-9A-Za-z]{36,}/g },
  { rule: 'github-token', marks: ['github_pat_'], pattern: /\bgithub_pat_[0-9A-Za-z_]{22,}/g },
  { rule: 'gitlab-token', marks: ['glpat-'], pattern: /\bglpat-[0-9A-Za-z_-]{20,}/g },
  { rule: 'aws-access-key', marks: ['akia', 'asia'], pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { rule: 'slack-token', marks: ['xox'], pattern: /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/g },
  {
    rule: 'slack-webhook',
    marks: ['hooks.slack.com'],
    pattern: /https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/g,
  },
  { rule: 'stripe-key', marks: ['_live_', '_test_'], pattern: /\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}/g },
  { rule: 'npm-token', marks: ['npm_'], pattern: /\bnpm_[0-9A-Za-z]{36}/g },
  { rule: 'pypi-token', marks: ['pypi-'], pattern: /\bpypi-[0-9A-Za-z_-]{50,}/g },
  { rule: 'hugging-face-token', marks: ['hf_'], pattern: /\bhf_[0-9A-Za-z]{30,}/g },
  { rule: 'sendgrid-key', marks: ['sg.'], pattern: /\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}/g },
  {
    rule: 'json-web-token',
    marks: ['.eyj'],
    pattern: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]*/g,
  },
  { rule: 'bearer-token', marks: ['bearer '], pattern: /\bbearer\s+[0-9A-Za-z._~+/-]{24,}=*/gi },
  {
    rule: 'url-with-password',
    marks: ['://'],
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,100}:[^\s/:@"']{3,100}@/gi,
  },
  {
    rule: 'password',
    marks: ['passw', 'pwd', 'secret', 'token', 'api key', 'api-key', 'api_key', 'apikey'],
    pattern:
      /\b(?:passw(?:or)?d|passphrase|pwd|(?:client[ _-]?)?secret(?:[ _-]?key)?|(?:access|auth|api)[ _-]?(?:token|key))\b["']?\s*(?:is|=|:)\s*["']?[^\s"',;]{6,200}/gi,
    confirm: (match) => looksRandom(match.slice(match.search(/[^\s"'=:]+$/))),
  },
  { rule: 'payment-card', pattern: /\b(?:\d[ -]?){12,18}\d\b/g, confirm: isCardNumber },
  { rule: 'bank-account', pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, confirm: isIban },
  {
    rule: 'social-security-number',
    marks: ['ssn', 'social security'],
    pattern: /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/g,
  },
];

/** Credentials and account numbers in a text. */
export function secretsIn(text: string): Finding[] {
  return find('secret', rules, text);
}

/** A password has more than one class of signs; "the password is required" does not name one. */
function looksRandom(value: string): boolean {
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9.]/].filter((one) => one.test(value)).length;
  return classes >= 2 && !/^[<$*{[]|\*{3,}|^x+$/i.test(value);
}

/** Luhn's sum; without it every long number would be a card. */
function isCardNumber(match: string): boolean {
  const digits = match.replaceAll(/[ -]/g, '');
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1+$/.test(digits) || !/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (const [index, sign] of [...digits].reverse().entries()) {
    const digit = Number(sign) * (index % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the check digits make the number 1 modulo 97. */
function isIban(match: string): boolean {
  const compact = match.replaceAll(' ', '');
  if (compact.length < 15 || compact.length > 34) return false;
  const turned = compact.slice(4) + compact.slice(0, 4);
  const digits = turned.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
