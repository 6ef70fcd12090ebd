/** Secrets never enter git: what looks like one in the output stops the synthesis. */

/** Forms by which credentials are known, whoever issued them. A text without the mark is not searched for the form. */
const forms: readonly { readonly name: string; readonly mark: string; readonly pattern: RegExp }[] = [
  { name: 'a private key', mark: 'PRIVATE KEY', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { name: 'a Google API key', mark: 'AIza', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { name: 'a Google OAuth client secret', mark: 'GOCSPX-', pattern: /\bGOCSPX-[0-9A-Za-z_-]{20,}/ },
  { name: 'an OpenAI or OpenRouter key', mark: 'sk-', pattern: /\bsk-(?:or-|proj-)?[0-9A-Za-z_-]{20,}/ },
  { name: 'a GitHub token', mark: 'gh', pattern: /\bgh[pousr]_[0-9A-Za-z]{36}/ },
  { name: 'a GitHub token', mark: 'github_pat_', pattern: /\bgithub_pat_[0-9A-Za-z_]{60,}/ },
  { name: 'an AWS access key', mark: 'AKIA', pattern: /\bAKIA[0-9A-Z]{16}\b/ },
  { name: 'an AWS access key', mark: 'ASIA', pattern: /\bASIA[0-9A-Z]{16}\b/ },
  { name: 'a Slack token', mark: 'xox', pattern: /\bxox[abprs]-[0-9A-Za-z-]{10,}/ },
  { name: 'a JSON Web Token', mark: '.eyJ', pattern: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\./ },
  { name: 'a URL with a password', mark: '://', pattern: /:\/\/[^\s/:@$"']*:(?!\$[({])[^\s/:@$"']{3,}@/ },
];

/** A variable whose name says that its value is secret. What a file or an address is called may be known. */
const secretName = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$/;
const reference = /^(?:|\/.*|\$\(.*\)|true|false|[0-9]+)$/;

/** What in the text of an object looks like a secret; empty for nothing. A value itself is never shown. */
export function secretsIn(text: string): string[] {
  const found = forms.filter(({ mark, pattern }) => text.includes(mark) && pattern.test(text)).map(({ name }) => name);
  const literals = [...text.matchAll(/- name: ([A-Z][A-Z0-9_]*)\n\s+value: (.*)/g)].flatMap(
    ([, name = '', value = '']) =>
      secretName.test(name) && !reference.test(value.replace(/^"|"$/g, ''))
        ? [`a literal value of the variable ${name}`]
        : [],
  );
  if (text.includes('\nkind: Secret\n')) found.push('an object of kind Secret');
  return [...found, ...literals];
}
