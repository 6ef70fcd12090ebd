/** @import { Memory, Message } from './api-types.ts' */
import { element } from './dom.js';
import { recalledText } from './recalled-text.js';
import { address } from './route.js';
import { life, moment } from './times.js';

/**
 * A memory in a list.
 * @param {Memory} memory
 * @param {...(Node | undefined)} more
 */
export function memoryItem(memory, ...more) {
  const { id, tier, type, subjectId, namespace, status, pinned, expiresAt, at } = memory;
  return element(
    'li',
    { class: 'record' },
    element('p', { class: 'text' }, recalledText(memory.text)),
    ...more,
    element(
      'p',
      { class: 'about' },
      element('span', { class: 'tag', 'data-tier': tier }, tier),
      status !== 'active' && element('span', { class: 'tag warn' }, status),
      pinned && element('span', { class: 'tag' }, 'pinned'),
      element('span', {}, type),
      subjectId !== undefined && element('span', {}, 'of ', recalledText(subjectId)),
      namespace !== 'default' && element('span', {}, `in ${namespace}`),
      moment(at),
      life(expiresAt),
      element('a', { href: address(['memories', id]), 'aria-label': `Memory ${id}` }, id.slice(0, 8)),
    ),
  );
}

/**
 * A message in a list.
 * @param {Message & { sessionId?: string }} message
 * @param {...(Node | undefined)} more
 */
export function messageItem({ sequence, role, speaker, content, at, status, sessionId }, ...more) {
  return element(
    'li',
    { class: 'record', 'data-role': role },
    element('p', { class: 'text' }, recalledText(content)),
    ...more,
    element(
      'p',
      { class: 'about' },
      element('span', { class: 'number' }, `#${sequence}`),
      element('span', { class: 'tag' }, role),
      status !== 'active' && element('span', { class: 'tag warn' }, status),
      speaker !== undefined && recalledText(speaker),
      moment(at),
      sessionId !== undefined &&
        element('a', { href: address(['sessions', sessionId]) }, 'session ', recalledText(sessionId)),
    ),
  );
}
