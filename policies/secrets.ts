/** Secrets never enter git: what looks like one in the output stops the synthesis. */

/** Forms by which credentials are known, whoever issued them. */
const forms: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a Google OAuth client secret', /\bGOCSPX-[0-9A-Za-z_-]{20,}/],
  ['an OpenAI or OpenRouter key', /\bsk-(?:or-|proj-)?[0-9A-Za-z_-]{20,}/],
  ['a GitHub token', /\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60,})/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a Slack token', /\bxox[abprs]-[0-9A-Za-z-]{10,}/],
  ['a JSON Web Token', /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\./],
  ['a URL with a password', /\b[a-z][a-z0-9+]*:\/\/[^\s/:@$"']*:(?!\$[({])[^\s/:@$"']{3,}@/],
];

/** A variable whose name says that its value is secret. What a file or an address is called may be known. */
const secretName = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$/;
const reference = /^(?:|\/.*|\$\(.*\)|true|false|[0-9]+)$/;

/** Any of the forms: most texts hold none, and are read once. */
const anyForm = new RegExp(forms.map(([, pattern]) => pattern.source).join('|'));

/** What in the text of an object looks like a secret; empty for nothing. A value itself is never shown. */
export function secretsIn(text: string): string[] {
  const found = anyForm.test(text) ? forms.filter(([, pattern]) => pattern.test(text)).map(([name]) => name) : [];
  const literals = [...text.matchAll(/- name: ([A-Z][A-Z0-9_]*)\n\s+value: (.*)/g)].flatMap(
    ([, name = '', value = '']) =>
      secretName.test(name) && !reference.test(value.replace(/^"|"$/g, ''))
        ? [`a literal value of the variable ${name}`]
        : [],
  );
  if (/^kind: Secret$/m.test(text)) found.push('an object of kind Secret');
  return [...found, ...literals];
}
