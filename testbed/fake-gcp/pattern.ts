/** A text as a regular expression that takes this text alone. */
export const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
