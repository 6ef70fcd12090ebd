/**
 * A text as one reader's paragraph: without what is invisible, and without markup that would work, so that its tokens are those of
 * what is shown.
 */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/\](?=[([:])/g, '] ')
    .replace(/<(?=[A-Za-z/!?])/g, '&lt;')
    .replace(/`{3,}|~{3,}/g, (fence) => [...fence].join(' '))
    .replace(/ {2,}/g, ' ')
    .trim();
}
