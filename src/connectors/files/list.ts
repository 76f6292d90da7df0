/** A list of exceptions (CSV, JSON, XLSX), by a profile that says what its columns mean. */
import { type FileFormat, UnreadableFile } from "../port.ts";
import { type ListProfile, mapList } from "./map-list.ts";
import { headingsOf, tableOf } from "./table.ts";

/** Takes every table: put it behind the formats that know their own. */
export function exceptionList(profile: ListProfile): FileFormat {
  const title = profile.title ?? `List "${profile.name}"`;
  return {
    kind: "list",
    title,
    recognises: (file) => headingsOf(file) !== undefined || Array.isArray(file.json),
    read(file, now) {
      const table = tableOf(file);
      if (typeof table === "string") throw new UnreadableFile(file.name, [{ at: "", words: table }]);
      const { bypasses, faults, later } = mapList(table, profile, now);
      if (faults.length > 0) throw new UnreadableFile(file.name, faults);
      return {
        kind: "list",
        title,
        bypasses,
        accounts: undefined,
        accountsBehind: ({ kind, key }) => (kind === "user" || kind === "service" || kind === "device" ? [key] : undefined),
        unknown: [
          "A list says what was allowed. Whether the provider lets it through, and lets through nothing else, it does not say.",
          ...(later > 0 ? [`${later} rows begin later and are left out.`] : []),
        ],
      };
    },
  };
}
