import { type Finding, find, type Rule } from './finding.ts';

const WHOSE =
  '(?:(?:all|any|every|the|your|my|our|these|those|its|of|previous|prior|preceding|earlier|above|foregoing|original|initial|system|safety|existing)\\s+){0,5}';
const ORDERS =
  '(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|constraints?|policies|guardrails?|programming|training)';

/**
 * Sentences that address the model instead of telling it something, and signs by which a prompt's parts are told apart. A memory
 * is recalled into other prompts long after it was written, so such a sentence would act with somebody else's rights.
 */
const rules: readonly Rule[] = [
  {
    rule: 'override',
    marks: [
      'instruct',
      'prompt',
      'rule',
      'guideline',
      'direct',
      'constraint',
      'polic',
      'guardrail',
      'programming',
      'training',
    ],
    pattern: new RegExp(
      `\\b(?:ignore|disregard|forget|override|bypass|skip|drop|discard|do\\s+not\\s+follow|don'?t\\s+follow|stop\\s+following)\\s+${WHOSE}(?:previous|prior|preceding|earlier|above|foregoing|system|original|initial|safety|your|all|these|those|existing)\\s+${WHOSE}${ORDERS}\\b`,
      'gi',
    ),
  },
  {
    rule: 'override',
    marks: ['ignore', 'disregard', 'forget'],
    pattern:
      /\b(?:ignore|disregard|forget)\s+(?:everything|anything|all|what(?:ever)?)\s+(?:that\s+)?(?:was\s+|you\s+(?:were|have\s+been|know)\s*|has\s+been\s+|is\s+)?(?:said|told|written|instructed|above|before|prior)\b/gi,
  },
  {
    rule: 'new-instructions',
    marks: ['instruct', 'prompt', 'directive'],
    pattern:
      /\b(?:new|updated|real|actual|revised|following)\s+(?:system\s+)?(?:instructions?|prompt|directives?)\s*(?:are|is)?\s*:/gi,
  },
  {
    rule: 'new-role',
    marks: ['now', 'act', 'pretend'],
    pattern:
      /\b(?:you\s+are\s+now|from\s+now\s+on,?\s+you(?:\s+are|\s+will|\s+must|'re|'ll)?|act\s+as\s+if\s+you|pretend\s+(?:to\s+be|that\s+you|you\s+are)|you\s+must\s+now)\b[^.\n]{0,80}\b(?:ai|assistant|model|agent|dan|jailbr\w+|unrestricted|developer\s+mode|admin(?:istrator)?|root|no\s+(?:rules|restrictions|limits)|without\s+(?:any\s+)?(?:rules|restrictions|limits|filters?)|obey|comply|respond|answer|reply|always|never|only)\b/gi,
  },
  {
    rule: 'reveal-prompt',
    marks: ['prompt', 'message', 'instruct'],
    pattern:
      /\b(?:reveal|print|show|repeat|output|display|leak|tell\s+me|send\s+me)\s+(?:me\s+)?(?:all\s+of\s+)?(?:your|the)\s+(?:full\s+|complete\s+|exact\s+|hidden\s+|secret\s+|initial\s+)*(?:system\s+(?:prompt|message|instructions?)|hidden\s+(?:prompt|instructions?)|initial\s+(?:prompt|instructions?))/gi,
  },
  {
    rule: 'conceal',
    marks: ['user', 'human', 'operator', 'developer', 'owner'],
    pattern:
      /\b(?:do\s+not|don'?t|never)\s+(?:tell|inform|mention|reveal|disclose|let)\s+(?:this\s+|it\s+|any\s+of\s+this\s+)?(?:to\s+)?(?:the\s+)?(?:user|human|operator|developer|owner)s?\b/gi,
  },
  {
    rule: 'exfiltrate',
    marks: ['http', '@'],
    pattern:
      /\b(?:send|post|forward|upload|exfiltrate|transmit|email|e-mail|leak)\b[^.\n]{0,80}\b(?:conversation|chat\s+history|memor(?:y|ies)|api\s+keys?|tokens?|credentials?|passwords?|secrets?|system\s+prompt|contents?)\b[^.\n]{0,60}(?:https?:\/\/|\b(?:to|at)\s+\S+@\S+)/gi,
  },
  {
    rule: 'call-tool',
    marks: ['tool', 'function', 'command'],
    pattern:
      /\b(?:you\s+must|always|immediately|first)\s+(?:call|invoke|run|execute|use)\s+(?:the\s+)?[\w.-]+\s+(?:tool|function|command)\b/gi,
  },
  {
    rule: 'when-recalled',
    marks: ['read', 'see', 'recall', 'retrieve', 'remember', 'process', 'encounter', 'load'],
    pattern:
      /\b(?:when(?:ever)?|if|once)\s+(?:you|the\s+(?:ai|assistant|model|agent))\s+(?:read|see|recall|retrieve|remember|process|encounter|load)s?\s+(?:this|these)\b[^.\n]{0,40}\b(?:you\s+(?:must|should|will)|must|always|immediately|then|do|run|call|send|reply|respond|ignore)\b/gi,
  },
  {
    rule: 'role-marker',
    marks: ['<', '['],
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|end_?of_?text|endoftext|begin_of_text|start_header_id|eot_id)\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|assistant)(?:[ _-](?:prompt|message|instructions?))?>/gi,
  },
  {
    rule: 'role-marker',
    marks: ['system', 'developer'],
    pattern:
      /^\s{0,3}(?:#{1,6}\s*|\*\*)?(?:system(?:\s+(?:prompt|message|override|instruction)s?)?|developer\s+message)(?:\*\*)?\s*:/gim,
  },
  // Letters that a reader does not see and a model does: tag characters, and text hidden by changes of direction.
  { rule: 'hidden-text', pattern: /[\u{e0020}-\u{e007f}]{2,}|[\u202a-\u202e\u2066-\u2069]|[\u200b\u2060\ufeff]{3,}/gu },
];

/** Sentences in a text that would instruct who reads it. */
export function instructionsIn(text: string): Finding[] {
  // A long gap of spaces or a full-width letter must not hide a sentence; both changes keep the offsets.
  const seen = text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  return find('instruction', rules, seen);
}
