import { expect, it } from 'vitest';
import { describeVariables } from './describe.ts';
import { environment, requiredWhen } from './environment.ts';
import { choice, flag, hostPorts, secret } from './values.ts';

it('says of each variable what documentation and charts need', () => {
  const schema = environment(['CAFE_'], {
    CAFE_SIZE: choice('small', 'large').default('small').describe('How much.'),
    CAFE_KEY: requiredWhen('CAFE_SIZE', 'large')(secret()).describe('Opens the door.'),
    CAFE_HOSTS: hostPorts(80).describe('Who serves.'),
    CAFE_OPEN: flag().optional().describe('Whether guests come in.'),
  });
  expect(describeVariables(schema)).toEqual([
    {
      name: 'CAFE_SIZE',
      required: false,
      secret: false,
      default: 'small',
      allowed: 'small | large',
      meaning: 'How much.',
    },
    {
      name: 'CAFE_KEY',
      required: false,
      requiredWhen: { variable: 'CAFE_SIZE', is: ['large'] },
      secret: true,
      default: undefined,
      allowed: 'text of at least 1 character, no white space at its ends',
      meaning: 'Opens the door.',
    },
    {
      name: 'CAFE_HOSTS',
      required: true,
      secret: false,
      default: undefined,
      allowed: 'comma-separated: host or host:port (80)',
      meaning: 'Who serves.',
    },
    {
      name: 'CAFE_OPEN',
      required: false,
      secret: false,
      default: undefined,
      allowed: 'true | false',
      meaning: 'Whether guests come in.',
    },
  ]);
});
