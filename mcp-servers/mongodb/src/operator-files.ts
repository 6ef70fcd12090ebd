/** The files that an operator may write: policy, synonyms, saved questions. */
import type { MongodbServerConfig } from './config.ts';
import { textOf, yamlOf } from './files.ts';
import { openPolicy, type Policy, parsePolicy } from './policy/policy.ts';
import { parseQuestions, type SavedQuestion } from './prompts.ts';

type Paths = Pick<MongodbServerConfig, 'MCP_POLICY_FILE' | 'MCP_SYNONYMS_FILE' | 'MCP_QUESTIONS_FILE'>;

export interface OperatorFiles {
  readonly policy: Policy;
  /** Parsed, not yet compared with the database; undefined: there are none. */
  readonly synonyms: unknown;
  readonly questions: readonly SavedQuestion[];
}

/** @throws SettingsMistakes where one is not as it has to be */
export function readOperatorFiles(paths: Paths): OperatorFiles {
  const { MCP_POLICY_FILE: policy, MCP_SYNONYMS_FILE: synonyms, MCP_QUESTIONS_FILE: questions } = paths;
  return {
    policy: policy === undefined ? openPolicy : parsePolicy(textOf(policy), policy),
    synonyms: synonyms === undefined ? undefined : yamlOf(textOf(synonyms), synonyms),
    questions: questions === undefined ? [] : parseQuestions(textOf(questions), questions),
  };
}
