import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { findSubject, listConnections, listPolicies } from "../../../src/connections/contract.ts";
import { listApplications } from "../../../src/estate/contract.ts";
import { call, failureFrom } from "../../api.ts";
import { Tag } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Errors, FieldGroup, SelectField, TextArea, TextField, Wide, type FieldError } from "../../parts/field.tsx";
import { NotKnown } from "../../parts/facts.tsx";
import { Notice } from "../../parts/notice.tsx";
import type { RequestPreview } from "../../../src/exceptions/contract-preview.ts";
import { read } from "../../queries.ts";
import { Covered } from "./covered.tsx";
import type { RequestFieldsProps } from "./request-fields.tsx";
import { countWords } from "../../words.ts";
import { FallbackFate } from "../operations/fallback-fate.tsx";
import styles from "./request.module.css";
import type { TypedScope } from "./typed-request.ts";

/** What is weakened, and for whom: as little as will do. */
export function WeakenedFields({ typed, change, errors }: RequestFieldsProps) {
  const connections = useQuery(read(listConnections, {}));
  const policies = useQuery({ ...read(listPolicies, { params: { id: typed.connection } }), enabled: typed.connection !== "" });
  const connected = connections.data?.items.filter((connection) => connection.status === "connected") ?? [];
  const choose = (key: string) => {
    const policy = policies.data?.items.find((each) => each.key === key);
    change({ policy: key, lostMethod: policy?.demands ?? "", fallback: policy?.leaves ?? "" });
  };
  return (
    <FieldGroup
      title="What is weakened"
      why="One policy of one provider. The method that is lost and the one that is let through instead are part of what is approved."
    >
      <SelectField
        label="Provider"
        blank="Choose"
        value={typed.connection}
        onChange={(connection) => change({ connection, policy: "", scope: [] })}
        options={connected.map(({ id, name }) => ({ value: id, label: name }))}
        errors={errors("/weakenedControl/connection")}
        hint={connections.data !== undefined && connected.length === 0 ? "Nothing is connected yet." : undefined}
      />
      <SelectField
        label="Policy"
        blank={typed.connection === "" ? "Choose the provider first" : "Choose"}
        value={typed.policy}
        onChange={choose}
        options={policies.data?.items.map(({ key, title }) => ({ value: key, label: title })) ?? []}
        errors={[...errors("/weakenedControl/policy"), ...(typed.policy === "" ? errors("/weakenedControl").slice(0, 1) : [])].filter(
          isFirst,
        )}
      />
      <TextField
        label="Method that is lost"
        value={typed.lostMethod}
        onChange={(lostMethod) => change({ lostMethod })}
        errors={errors("/weakenedControl/lostMethod")}
      />
      <TextField
        label="Let through instead"
        hint="The weakest method this allows. Never nothing."
        value={typed.fallback}
        onChange={(fallback) => change({ fallback })}
        errors={errors("/fallbackMethodAllowed")}
      />
      <Wide>
        <TextArea
          label="What that depends on"
          hint="One a line: the mail server, a phone network, a help desk. A fallback that fails together with the front gate is none."
          value={typed.dependencies}
          onChange={(dependencies) => change({ dependencies })}
          errors={errors("/fallbackDependencies")}
          rows={2}
          isOptional
        />
        <FallbackFate connection={typed.connection} dependencies={linesOf(typed.dependencies)} />
      </Wide>
    </FieldGroup>
  );
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function isFirst<T>(each: T, at: number, all: readonly T[]): boolean {
  return all.indexOf(each) === at;
}

interface ScopeFieldsProps extends RequestFieldsProps {
  told: RequestPreview | undefined;
  isBehind: boolean;
}

export function ScopeFields({ typed, change, errors, category, told, isBehind }: ScopeFieldsProps) {
  const replace = (at: number, part: Partial<TypedScope>) =>
    change({ scope: typed.scope.map((each, i) => (i === at ? { ...each, ...part } : each)) });
  const whole = errors("/scope").filter((error) => !typed.scope.some((_, i) => errors(`/scope/${i}`).includes(error)));
  return (
    <FieldGroup
      title="Who is let through"
      why={`Name the smallest set that will do: a person before a group, an application before everything. At most ${category.headcountCeiling} people behind each.`}
    >
      <Wide>
        <ul className={styles.scope}>
          {typed.scope.map((item, i) => (
            <li key={`${item.subject.key}${item.resource}`}>
              <ScopeItem
                item={item}
                accounts={told?.covered.subjects.find(({ key }) => key === item.subject.key)?.accounts}
                policy={typed.policy}
                change={(part) => replace(i, part)}
                remove={() => change({ scope: typed.scope.filter((_, at) => at !== i) })}
                errors={(pointer) => errors(`/scope/${i}${pointer}`)}
              />
            </li>
          ))}
        </ul>
        {typed.scope.length > 0 && <Covered covered={told?.covered} isBehind={isBehind} />}
        {whole.length > 0 && <Errors errors={whole} />}
      </Wide>
      <Wide>
        <FindSubject
          connection={typed.connection}
          policy={typed.policy}
          onFound={(item) => change({ scope: [...typed.scope.filter((each) => each.subject.key !== item.subject.key), item] })}
        />
      </Wide>
    </FieldGroup>
  );
}

interface ScopeItemProps {
  item: TypedScope;
  policy: string;
  /** Null where they could not be counted; undefined until they are. */
  accounts: number | null | undefined;
  change: (part: Partial<TypedScope>) => void;
  remove: () => void;
  errors: (pointer: string) => readonly FieldError[];
}

function ScopeItem({ item, policy, accounts, change, remove, errors }: ScopeItemProps) {
  const applications = useQuery(read(listApplications, { query: { limit: 200, status: "active" } }));
  const resources = [
    { value: `policy ${policy}`, label: "Everything the policy guards" },
    ...(applications.data?.items.map(({ id, name }) => ({ value: `application ${id}`, label: name })) ?? []),
  ];
  return (
    <div className={styles.item}>
      <header>
        <strong>{item.subject.name}</strong>
        <Tag>{item.subject.kind}</Tag>
        {typeof accounts === "number" && <span>{countWords(accounts, "account")} now</span>}
        {accounts === null && <NotKnown>not counted</NotKnown>}
        <Button look="quiet" icon="cross" iconOnly={`Leave out ${item.subject.name}`} onClick={remove} />
      </header>
      {errors("/subject").length > 0 && <Errors errors={errors("/subject")} />}
      <div className={styles.small}>
        <SelectField
          label="For"
          value={item.resource}
          onChange={(resource) => change({ resource })}
          options={resources}
          errors={errors("/resource")}
        />
        <TextField
          label="At most, people"
          inputMode="numeric"
          value={item.ceiling}
          onChange={(ceiling) => change({ ceiling })}
          errors={errors("/ceiling")}
        />
      </div>
      <details open={item.networks !== "" || item.deviceClasses !== ""}>
        <summary>Only from some networks or devices</summary>
        <div className={styles.small}>
          <TextArea
            label="Networks"
            hint="One a line; empty means any."
            value={item.networks}
            onChange={(networks) => change({ networks })}
            errors={errors("/conditions/networks")}
            rows={2}
            isOptional
          />
          <TextArea
            label="Device classes"
            hint="One a line; empty means any."
            value={item.deviceClasses}
            onChange={(deviceClasses) => change({ deviceClasses })}
            errors={errors("/conditions/deviceClasses")}
            rows={2}
            isOptional
          />
        </div>
      </details>
    </div>
  );
}

interface FindProps {
  connection: string;
  policy: string;
  onFound: (item: TypedScope) => void;
}

/** Asks the provider itself, by the name a person would type, and says at once when it could not be governed there. */
function FindSubject({ connection, policy, onFound }: FindProps) {
  const [name, setName] = useState("");
  const finding = useMutation({
    mutationFn: async () => call(findSubject, { params: { id: connection }, query: { name: name.trim(), policy } }),
    onSuccess: ({ subject, headcount, refused }) => {
      if (subject === undefined || refused !== undefined) return;
      const kind = subject.kind === "service" ? "workload" : subject.kind;
      onFound({
        subject: { kind, key: subject.key, name: subject.name, connection, person: null },
        resource: `policy ${policy}`,
        networks: "",
        deviceClasses: "",
        hours: null,
        ceiling: String(headcount ?? 1),
      });
      setName("");
    },
  });
  const why = policy === "" ? "Choose the provider and its policy first." : name.trim() === "" ? "Type a name first." : undefined;
  const answer = finding.data;
  return (
    <div className={styles.find}>
      <TextField
        label="Find a person, group or account"
        hint="By its sign-in name, mail address or group name, as the provider knows it."
        value={name}
        onChange={setName}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (why === undefined) finding.mutate();
        }}
      />
      <Button icon="search" isBusy={finding.isPending} whyNot={why} onClick={() => finding.mutate()}>
        Find and add
      </Button>
      <div className={styles.found} role="status">
        {answer !== undefined && answer.subject === undefined && (
          <Notice tone="wait" title="The provider knows nobody by that name">
            Check the spelling; the search is exact.
          </Notice>
        )}
        {answer?.refused !== undefined && (
          <Notice tone="bad" title={`${answer.subject?.name ?? "It"} cannot be used`}>
            {answer.refused}
          </Notice>
        )}
        {finding.error !== null && <Failure error={failureFrom(finding.error)} />}
      </div>
    </div>
  );
}
