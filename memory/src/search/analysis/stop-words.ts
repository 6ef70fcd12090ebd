/** English words that say nothing about what a text is about, as `words` spells them. */
export const stopWords: ReadonlySet<string> = new Set(
  [
    'a an the this that these those some any all both each few more most other such only own same',
    'i me my mine myself you your yours yourself he him his himself she her hers herself it its itself',
    'we us our ours ourselves they them their theirs themselves who whom whose which what where when why how',
    'am is are was were be been being do does did has have had can could may might must shall should will would',
    'im ive youre thats dont didnt doesnt isnt wasnt wont couldnt shouldnt',
    'and or but if so than nor not no as at by for from in into of off on onto out over to up with',
    'about after again before during under further once here there then too very just really also',
    's t m d re ve ll don didn doesn isn wasn won couldn shouldn id',
    'oh hey hi wow yeah yes gonna got get',
  ].flatMap((line) => line.split(' ')),
);
