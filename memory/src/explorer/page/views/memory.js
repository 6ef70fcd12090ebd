/** @import { History, Memory } from '../api-types.ts' */
import { api, Refused } from '../api.js';
import { changes } from '../changes.js';
import { element, facts } from '../dom.js';
import { recalledText } from '../recalled-text.js';
import { address } from '../route.js';
import { empty, failure } from '../states.js';
import { life, moment } from '../times.js';

/** @param {{ id: string, signal: AbortSignal, isWritable: boolean, again: () => void }} view */
export async function memory({ id, signal, isWritable, again }) {
  const [found, history] = await Promise.all([
    api.memory(id, signal),
    api.history(id, signal).catch((error) => {
      // The memory is what was asked for; its past may be elsewhere.
      if (signal.aborted || (error instanceof Refused && error.status === 404)) throw error;
      return /** @type {unknown} */ (error);
    }),
  ]);
  const gone = () => {
    location.hash = address(['memories'], { tier: found.tier });
  };
  return {
    title: 'Memory',
    content: [
      element('div', { class: 'record' }, element('p', { class: 'text' }, recalledText(found.text))),
      isWritable && changes(found, { changed: again, gone }),
      details(found),
      element('h2', {}, 'History'),
      isHistory(history) ? revisions(history) : failure(history, again),
    ],
  };
}

/**
 * @param {unknown} answer
 * @returns {answer is History}
 */
const isHistory = (answer) => typeof answer === 'object' && answer !== null && 'revisions' in answer;

/** @param {Memory} found */
function details(found) {
  const { provenance, validTo, findings = [], supersededBy, supersedes = [], metadata, tags } = found;
  const { source, agentId, tool, writer, sessionId, sequences, memoryIds } = provenance;
  return facts([
    ['Id', element('code', {}, found.id)],
    ['Tier', element('span', { class: 'tag', 'data-tier': found.tier }, found.tier)],
    ['Life', life(found.expiresAt)],
    ['Status', found.status],
    ['Held back because of', findings.map(({ danger, rule }) => `${danger} (${rule})`).join(', ')],
    ['Pinned', found.pinned ? 'yes' : 'no'],
    ['Version', found.version],
    ['Type', found.type],
    ['Importance', found.importance],
    ['Namespace', found.namespace],
    ['Subject', found.subjectId && recalledText(found.subjectId)],
    ['Agent', found.agentId && recalledText(found.agentId)],
    ['Session', found.sessionId && sessionLink(found.sessionId)],
    ['Speaker', found.speaker && recalledText(found.speaker)],
    ['Tags', tags.length > 0 && recalledText(tags.join(', '))],
    ['Metadata', Object.keys(metadata).length > 0 && element('code', {}, recalledText(JSON.stringify(metadata)))],
    ['Happened', moment(found.at)],
    ['True from', moment(found.validFrom)],
    ['True until', validTo && moment(validTo)],
    ['Superseded by', supersededBy && memoryLinks([supersededBy])],
    ['Supersedes', supersedes.length > 0 && memoryLinks(supersedes)],
    ['Promoted from', found.promotedFrom],
    ['Source', source],
    ['Tool', tool && recalledText(tool)],
    ['Written by', writer && recalledText(writer)],
    ['Said by agent', agentId && recalledText(agentId)],
    ['Taken from session', sessionId && sessionLink(sessionId)],
    ['Taken from messages', sequences?.join(', ')],
    ['Made from', memoryIds && memoryLinks(memoryIds)],
    ['Created', moment(found.createdAt)],
    ['Changed', moment(found.updatedAt)],
  ]);
}

/** @param {string} id */
const sessionLink = (id) => element('a', { href: address(['sessions', id]) }, recalledText(id));

/** @param {readonly string[]} ids */
const memoryLinks = (ids) =>
  element('span', {}, ...ids.flatMap((id) => [element('a', { href: address(['memories', id]) }, id), ' ']));

/** @param {History} history */
function revisions({ revisions: past }) {
  if (past.length === 0) return empty('There is none.');
  const items = past.map(({ version, change, text, tier, at, by }) =>
    element(
      'li',
      { class: 'record' },
      element('p', { class: 'text' }, recalledText(text)),
      element(
        'p',
        { class: 'about' },
        element('span', { class: 'number' }, `version ${version}`),
        element('span', { class: 'tag' }, change),
        element('span', { class: 'tag', 'data-tier': tier }, tier),
        moment(at),
        by !== undefined && element('span', {}, 'by ', recalledText(by)),
      ),
    ),
  );
  return element('ol', { class: 'records', 'aria-label': 'Versions, newest first' }, ...items);
}
