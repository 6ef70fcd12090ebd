/** One call of gcloud. */
export interface Command {
  /** As typed after `gcloud`, without `--project`. Never a secret: everyone on the machine sees a command line. */
  readonly words: readonly string[];
  /** Given on standard input, for `--data-file=-`. Neither shown nor logged. */
  readonly input?: () => Promise<string>;
  /** Given as files; `{file}` in a word stands for the path, in order. For what has no flag, such as a policy. */
  readonly files?: readonly { readonly name: string; readonly text: string }[];
  /** Flags that an older gcloud may lack, with what is then not so. They are left out, and that is said. */
  readonly optional?: Readonly<Record<string, string>>;
  /** Milliseconds that it may take. @default 300,000 */
  readonly timeout?: number;
}

/** As a person would type it, with quotes where the shell needs them, and files by their names. */
export function typed({ words, files = [] }: Pick<Command, 'words' | 'files'>): string {
  const names = files.map(({ name }) => name);
  return ['gcloud', ...words]
    .map((word) => word.replace('{file}', () => names.shift() ?? '{file}'))
    .map((word) => (/^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
