/** The way back in when passkeys are lost: from a shell on the machine, for there is no other. */
import { type Command, type CommandInput, UsageFault } from "./cli/command.ts";
import { type App, compose } from "./compose.ts";
import { readConfig } from "./config.ts";
import { systemClock } from "./platform/clock.ts";
import { randomIds } from "./platform/ids.ts";
import { createLog } from "./platform/log.ts";

export const enrolLinkCommand: Command = {
  name: "enrol-link",
  usage: "PERSON   (id, key, mail address or full name)",
  summary: "Give up a person's passkeys, and print a link to enrol a new one; the journal says so",
  options: {},
  async run(input) {
    const [words] = input.args;
    if (words === undefined) throw new UsageFault("say who");
    const log = createLog(
      () => systemClock.now(),
      () => undefined,
    );
    const app = await compose(readConfig(input.env), { clock: systemClock, ids: randomIds(systemClock), log });
    try {
      return await rescue(input, app, words);
    } finally {
      await app.stop();
    }
  },
};

async function rescue(input: CommandInput, { people, access }: App, words: string): Promise<number> {
  const named = await people.listPeople({ search: words, active: true, limit: 50 });
  const sameName = named.items.filter(({ person }) => person.displayName === words);
  const person = (await people.findPersonByReference(words)) ?? (sameName.length === 1 ? sameName[0]?.person : undefined);
  if (person === undefined) throw new UsageFault(`there is nobody, or more than one, that ${words} could be`);
  const { link, invitation } = await access.enrolment.rescue(person.id, systemClock.now());
  input.print(`${person.displayName} enrols with this link, once, until ${invitation.expiresAt}:\n\n  ${link}\n`);
  return 0;
}
