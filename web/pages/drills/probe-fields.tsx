import { useQuery } from "@tanstack/react-query";

import { listConnections } from "../../../src/connections/contract.ts";
import { Button } from "../../parts/button.tsx";
import { type Option, SelectField, TextField } from "../../parts/field.tsx";
import { read } from "../../queries.ts";
import styles from "./drills.module.css";
import type { ProbeKind, TypedProbe } from "./typed-plan.ts";

const KIND_WORDS: Readonly<Record<ProbeKind, string>> = {
  tls: "A certificate: its chain and its end",
  jwks: "A set of keys: whether it can be read, and its end",
  provider: "A provider answers",
  identity: "An account gets in, or does not",
  revocation: "What was revoked is refused everywhere",
  exceptionDeath: "A synthetic exception dies on time",
  restore: "A backup is restored into an empty directory",
};

interface Asked {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly isOptional?: boolean;
  readonly options?: readonly Option[];
}

const DAYS: Asked = { name: "daysLeft", label: "Days it has to last", hint: "30 where nothing is said.", isOptional: true };
const CONNECTION: Asked = { name: "connection", label: "Connection" };
const EXPECTED: readonly Option[] = [
  { value: "can", label: "gets in" },
  { value: "cannot", label: "does not get in" },
];
const FIELDS: Readonly<Record<ProbeKind, readonly Asked[]>> = {
  tls: [{ name: "address", label: "Host and port", hint: "login.example.org:443" }, DAYS],
  jwks: [{ name: "address", label: "Address", hint: "https://login.example.org/keys" }, DAYS],
  provider: [CONNECTION, { name: "account", label: "Account that signs in", isOptional: true }],
  identity: [
    CONNECTION,
    { name: "account", label: "Account" },
    { name: "method", label: "By this method only", isOptional: true },
    { name: "expected", label: "Now it", options: EXPECTED },
  ],
  revocation: [
    { name: "credential", label: "Credential that was revoked" },
    { name: "relyingParties", label: "Relying parties", hint: "Their addresses, with commas between." },
  ],
  exceptionDeath: [
    CONNECTION,
    { name: "policy", label: "Policy or group" },
    { name: "subject", label: "Account made for it" },
    { name: "livesMinutes", label: "Lives for, in minutes", hint: "5 where nothing is said.", isOptional: true },
    { name: "graceMinutes", label: "Gone after, at most, in minutes", hint: "15 where nothing is said.", isOptional: true },
  ],
  restore: [{ name: "backup", label: "File of the backup", hint: "One made now where nothing is said.", isOptional: true }],
};

/** What Postern tries itself in the drill. */
export function ProbeFields({
  kinds,
  probes,
  onChange,
}: {
  kinds: readonly ProbeKind[];
  probes: readonly TypedProbe[];
  onChange: (probes: readonly TypedProbe[]) => void;
}) {
  const change = (at: number, name: string, value: string) =>
    onChange(probes.map((probe, i) => (i === at ? { ...probe, [name]: value } : probe)));
  return (
    <div className={styles.probes}>
      {probes.map((probe, at) => (
        <fieldset key={`${at} ${probe.kind}`} className={styles.probe}>
          <legend>
            {at + 1}. {KIND_WORDS[probe.kind]}
          </legend>
          <TextField label="Name on the sheet" value={probe["name"] ?? ""} onChange={(value) => change(at, "name", value)} isOptional />
          {FIELDS[probe.kind].map((asked) => (
            <Asking key={asked.name} asked={asked} value={probe[asked.name] ?? ""} onChange={(value) => change(at, asked.name, value)} />
          ))}
          <div>
            <Button isSmall look="quiet" icon="cross" onClick={() => onChange(probes.filter((_, i) => i !== at))}>
              Leave out
            </Button>
          </div>
        </fieldset>
      ))}
      <div className={styles.pair}>
        {kinds.map((kind) => (
          <Button key={kind} isSmall icon="plus" onClick={() => onChange([...probes, { kind }])}>
            {KIND_WORDS[kind]}
          </Button>
        ))}
      </div>
    </div>
  );
}

function Asking({ asked, value, onChange }: { asked: Asked; value: string; onChange: (value: string) => void }) {
  const { name, options, ...field } = asked;
  const { data } = useQuery({ ...read(listConnections, {}), enabled: name === "connection" });
  if (options !== undefined)
    return <SelectField {...field} options={options} value={value === "" ? options[0]!.value : value} onChange={onChange} />;
  if (name !== "connection") return <TextField {...field} value={value} onChange={onChange} />;
  const connections = data?.items.map(({ key, name: called }) => ({ value: key, label: called })) ?? [];
  return <SelectField {...field} blank="Choose" options={connections} value={value} onChange={onChange} />;
}
