import { describeVariables } from '@ai-orchestra/configuration';
import type { KitEnvironment } from './definition.ts';
import type { Identity } from './protocol/server.ts';

/** What `--help` prints: what the server is for, and each of its settings. */
export function helpOf({
  title,
  version,
  instructions,
  config,
}: Identity & { readonly config: KitEnvironment }): string {
  const settings = describeVariables(config).map((variable) => {
    const { required, requiredWhen: when } = variable;
    const need = required
      ? 'required'
      : when === undefined
        ? undefined
        : `required where ${when.variable} is ${when.is.join(' or ')}`;
    const fallback =
      variable.default === undefined || variable.default === '' ? undefined : `default: ${variable.default}`;
    const facts = [variable.allowed, need, fallback].filter((fact) => fact !== undefined).join('; ');
    return `  ${variable.name}\n      ${variable.meaning}\n      ${facts}`;
  });
  return `${title} ${version}: an MCP server\n\n${instructions}\n\nSettings, as environment variables:\n${settings.join('\n')}\n`;
}
