import { useState } from "react";

import { connectProvider } from "../../../src/connections/contract.ts";
import type { Refusal } from "../../../src/kernel/problem.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { whyNotCall } from "../../can.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, Errors, FieldGroup, TextArea, TextField, Wide, type FieldError } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { useSession } from "../../session.tsx";
import { titleWords } from "../../words.ts";
import { CONNECT_FORMS, type ConfigField, type ConnectForm as Form } from "./connect-forms.ts";
import styles from "./connections.module.css";
import { configOf, EMPTY_POLICY, type GroupPolicy, pointersOf, slugOf, type Typed } from "./connect-input.ts";

export interface Kind {
  readonly kind: string;
  readonly title: string;
  readonly secretLabel?: string | undefined;
}

/** Connects a provider. It is asked before it is kept: a connection that never worked helps nobody. */
export function ConnectForm({ kind, onDone, onCancel }: { kind: Kind; onDone: () => void; onCancel: () => void }) {
  const { roles } = useSession();
  const form = CONNECT_FORMS[kind.kind];
  const [typed, setTyped] = useState<Typed>({ name: kind.title, secret: "", fields: {}, groups: [], hasFixedPolicy: true, json: "{}" });
  const connecting = useAct(connectProvider, ({ name }) => {
    say(`${apart(name)} is connected.`);
    onDone();
  });
  const reasons = connecting.error?.reasons ?? [];
  const others = reasonsElsewhere(reasons, pointersOf(form));
  const connect = () =>
    connecting.mutate({
      body: {
        key: slugOf(typed.name),
        name: typed.name.trim(),
        kind: kind.kind,
        config: configOf(form, typed),
        ...(kind.secretLabel !== undefined && { secret: typed.secret }),
      },
    });
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        connect();
      }}
    >
      <Provider kind={kind} typed={typed} onChange={change} reasons={reasons} />
      {form !== undefined && <Policies form={form} typed={typed} onChange={change} errors={errorsAt(reasons, "/config/policies")} />}
      {connecting.error !== null && others.length > 0 && <Failure error={connecting.error} reasons={others} title="Not connected" />}
      <div className={styles.buttons}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="primary" type="submit" icon="plug" isBusy={connecting.isPending} whyNot={whyNotCall(connectProvider, roles)}>
          Try it and connect
        </Button>
      </div>
    </form>
  );
}

interface ProviderProps {
  kind: Kind;
  typed: Typed;
  onChange: (part: Partial<Typed>) => void;
  reasons: readonly Refusal[];
}

/** What it is called, where it is and how to get in. A kind without a form of its own is typed as JSON. */
function Provider({ kind, typed, onChange, reasons }: ProviderProps) {
  const form = CONNECT_FORMS[kind.kind];
  return (
    <FieldGroup title="The provider">
      <TextField
        label="Name"
        hint="As your people call it."
        value={typed.name}
        onChange={(name) => onChange({ name })}
        errors={[...errorsAt(reasons, "/name"), ...errorsAt(reasons, "/key")]}
      />
      {form === undefined && (
        <Wide>
          <TextArea
            label="Configuration"
            hint="JSON, as the connector's page describes it."
            value={typed.json}
            onChange={(json) => onChange({ json })}
            isFixed
            errors={errorsAt(reasons, "/config")}
          />
        </Wide>
      )}
      {form?.fields.map((field) => (
        <ConfigInput
          key={field.name}
          field={field}
          value={typed.fields[field.name] ?? ""}
          onChange={(value) => onChange({ fields: { ...typed.fields, [field.name]: value } })}
          errors={errorsAt(reasons, `/config/${field.name}`)}
        />
      ))}
      {kind.secretLabel !== undefined && (
        <TextField
          label={titleWords(kind.secretLabel)}
          hint="Sealed before it is stored; never shown again."
          type="password"
          autoComplete="off"
          value={typed.secret}
          onChange={(secret) => onChange({ secret })}
          errors={errorsAt(reasons, "/secret")}
        />
      )}
    </FieldGroup>
  );
}

interface ConfigInputProps {
  field: ConfigField;
  value: string;
  onChange: (value: string) => void;
  errors: readonly FieldError[];
}

function ConfigInput({ field, value, onChange, errors }: ConfigInputProps) {
  if (field.isYesNo === true) {
    return <CheckField label={field.label} hint={field.hint} isOn={value === "true"} onChange={(isOn) => onChange(String(isOn))} />;
  }
  const shared = {
    label: field.label,
    hint: field.hint,
    value,
    onChange,
    errors,
    isOptional: field.isOptional,
    placeholder: field.placeholder,
  };
  if (field.isLong === true) {
    return (
      <Wide>
        <TextArea {...shared} isFixed />
      </Wide>
    );
  }
  return <TextField {...shared} isFixed spellCheck={false} autoComplete="off" />;
}

interface PoliciesProps {
  form: Form;
  typed: Typed;
  onChange: (part: Partial<Typed>) => void;
  errors: readonly FieldError[];
}

/** What the provider demands and an exception can weaken. Without at least one there is nothing to govern. */
function Policies({ form, typed, onChange, errors }: PoliciesProps) {
  const { fixedPolicy, groupPolicies } = form;
  const replace = (at: number, policy: GroupPolicy) => onChange({ groups: typed.groups.map((each, i) => (i === at ? policy : each)) });
  return (
    <FieldGroup title="Policies it enforces" why="What demands strong sign-in there. An exception weakens exactly one of them.">
      {fixedPolicy !== undefined && (
        <Wide>
          <CheckField
            label={fixedPolicy.label}
            hint={fixedPolicy.hint}
            isOn={typed.hasFixedPolicy}
            onChange={(hasFixedPolicy) => onChange({ hasFixedPolicy })}
          />
        </Wide>
      )}
      {groupPolicies !== undefined &&
        typed.groups.map((policy, i) => (
          // The place in the list is all that tells two empty policies apart.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={i} className={styles.policy}>
            <TextField
              label="Policy"
              placeholder="Passkey for VPN"
              value={policy.title}
              onChange={(title) => replace(i, { ...policy, title })}
            />
            <TextField
              label={groupPolicies.objectLabel}
              hint={groupPolicies.hint}
              value={policy.object}
              onChange={(object) => replace(i, { ...policy, object })}
              isFixed
              spellCheck={false}
            />
            <Button
              look="quiet"
              icon="cross"
              iconOnly={`Leave out ${policy.title === "" ? "this policy" : policy.title}`}
              onClick={() => onChange({ groups: typed.groups.filter((_, at) => at !== i) })}
            />
          </div>
        ))}
      <Wide>
        <div className={styles.buttons}>
          {groupPolicies !== undefined && (
            <Button icon="plus" onClick={() => onChange({ groups: [...typed.groups, EMPTY_POLICY] })}>
              Add a policy with an exemption group
            </Button>
          )}
        </div>
        {errors.length > 0 && <Errors errors={errors} />}
      </Wide>
    </FieldGroup>
  );
}
