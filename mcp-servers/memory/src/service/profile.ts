import type { Memory } from './access.ts';

/** What is kept of a subject, a member a row. */
export type ProfileRow = { part: 'profile' | 'preferences'; name: string; value: unknown };

export async function profileOf(service: Memory, subjectId: string): Promise<ProfileRow[]> {
  const params = { subjectId };
  const [profile, preferences] = await Promise.all([
    service.ask('getProfile', { params }),
    service.ask('getPreferences', { params }),
  ]);
  const rows = (part: ProfileRow['part'], value: Readonly<Record<string, unknown>>) =>
    Object.entries(value).map(([name, member]) => ({ part, name, value: member }));
  return [...rows('profile', profile.body.value), ...rows('preferences', preferences.body.value)];
}
