import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { addCanary, type CanaryView } from "../../../src/canaries/contract.ts";
import { listConnections } from "../../../src/connections/contract.ts";
import { useAct } from "../../act.ts";
import { errorsAt, reasonsElsewhere } from "../../api.ts";
import { apart } from "../../parts/apart.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { type FieldError, FieldGroup, SelectField, TextArea, TextField, Wide } from "../../parts/field.tsx";
import { say } from "../../parts/toast.tsx";
import { read } from "../../queries.ts";
import { type Grant, GRANT_WORDS, secretWords, WAY_WORDS } from "./canary-words.ts";
import { SecretField } from "./secret-field.tsx";

const BLANK = {
  name: "",
  key: "",
  account: "",
  connection: "",
  subject: "",
  kind: "password" as CanaryView["way"]["kind"],
  certificatePem: "",
  issuer: "",
  clientId: "",
  grant: "client_credentials" as Grant,
  scope: "",
  cookie: "",
  /** One a line. */
  shownTo: "",
  control: "",
  secret: "",
  clientSecret: "",
};
type Typed = typeof BLANK;

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

function wayOf({ kind, certificatePem, issuer, clientId, grant, scope, cookie }: Typed): CanaryView["way"] {
  switch (kind) {
    case "certificate":
      return { kind, certificatePem };
    case "openid":
      return { kind, issuer: issuer.trim(), clientId: clientId.trim(), grant, scope: orNull(scope) };
    case "cookie":
      return { kind, name: cookie.trim() };
    case "password":
    case "bearer":
      return { kind };
  }
}

function bodyOf(typed: Typed) {
  const { name, key, account, connection, subject, shownTo, control, secret, clientSecret } = typed;
  return {
    name: name.trim(),
    key: key.trim(),
    account: account.trim(),
    connection: orNull(connection),
    subject: orNull(subject),
    way: wayOf(typed),
    shownTo: shownTo.split(/\s+/).filter(Boolean),
    control: orNull(control),
    secret,
    ...(clientSecret !== "" && { clientSecret }),
  };
}

function whyIncomplete({ name, key, account, secret }: Typed): string | undefined {
  if (name.trim() === "" || key.trim() === "") return "Enter the name and the key first.";
  if (account.trim() === "") return "Name the account first.";
  return secret === "" ? "Enter the secret first." : undefined;
}

const FIELDS = ["/name", "/key", "/account", "/connection", "/subject", "/way", "/shownTo", "/control", "/secret", "/clientSecret"];

interface Part {
  typed: Typed;
  change: (part: Partial<Typed>) => void;
  errors: (at: string) => readonly FieldError[];
}

/** An account that exists already in its directory, made for being tried. */
export function AddCanary({ others, onClose }: { others: readonly CanaryView[]; onClose: () => void }) {
  const [typed, setTyped] = useState(BLANK);
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const adding = useAct(addCanary, ({ name }) => {
    say(`${apart(name)} is kept. Try it: whether its secret works is not known yet.`);
    onClose();
  });
  const reasons = adding.error?.reasons ?? [];
  const elsewhere = reasonsElsewhere(reasons, FIELDS);
  const part = { typed, change, errors: (at: string) => errorsAt(reasons, at) };
  return (
    <Dialog
      title="Add a canary"
      onClose={onClose}
      isWide
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            isBusy={adding.isPending}
            whyNot={whyIncomplete(typed)}
            onClick={() => adding.mutate({ body: bodyOf(typed) })}
          >
            Add
          </Button>
        </>
      }
    >
      <Account {...part} />
      <HowItGetsIn {...part} />
      <WhereItIsShown {...part} others={others} />
      {adding.error !== null && elsewhere.length > 0 && <Failure error={adding.error} reasons={elsewhere} title="It was not added" />}
    </Dialog>
  );
}

function Account({ typed, change, errors }: Part) {
  const { data } = useQuery(read(listConnections, {}));
  const options = data?.items.map(({ key, name }) => ({ value: key, label: name })) ?? [];
  return (
    <FieldGroup title="The account" why="Made for this, with no rights at all.">
      <TextField label="Name" value={typed.name} onChange={(name) => change({ name })} errors={errors("/name")} />
      <TextField
        label="Key"
        hint="Lower-case letters, digits and dashes. It never changes."
        value={typed.key}
        onChange={(key) => change({ key })}
        errors={errors("/key")}
        spellCheck={false}
      />
      <TextField
        label="Account"
        hint="As it is given at the sign-in: a distinguished name, a user name."
        value={typed.account}
        onChange={(account) => change({ account })}
        errors={errors("/account")}
        spellCheck={false}
        autoComplete="off"
      />
      <SelectField
        label="Connection it signs in at"
        blank="None"
        value={typed.connection}
        options={options}
        onChange={(connection) => change({ connection })}
        errors={errors("/connection")}
        isOptional
      />
      <TextField
        label="Name its directory finds it by"
        hint="Only where exceptions are granted to it for drills."
        value={typed.subject}
        onChange={(subject) => change({ subject })}
        errors={errors("/subject")}
        isOptional
      />
    </FieldGroup>
  );
}

const options = <Key extends string>(words: Readonly<Record<Key, string>>) =>
  Object.entries<string>(words).map(([value, label]) => ({ value, label }));

function HowItGetsIn({ typed, change, errors }: Part) {
  const { kind, grant } = typed;
  const ofWay = (at: string) => errors(`/way/${at}`);
  return (
    <FieldGroup title="How it gets in">
      <SelectField
        label="By"
        value={kind}
        options={options(WAY_WORDS)}
        onChange={(chosen) => change({ kind: chosen as Typed["kind"], control: "" })}
        errors={kind === "password" || kind === "bearer" ? errors("/way") : []}
      />
      {kind === "openid" && <AtOpenId typed={typed} change={change} errors={errors} />}
      {kind === "cookie" && (
        <TextField label="Name of the cookie" value={typed.cookie} onChange={(cookie) => change({ cookie })} errors={ofWay("name")} />
      )}
      <Wide>
        {kind === "certificate" && (
          <TextArea
            label="Certificate (PEM)"
            value={typed.certificatePem}
            onChange={(certificatePem) => change({ certificatePem })}
            errors={ofWay("certificatePem")}
            isFixed
            spellCheck={false}
          />
        )}
        <SecretField
          label={secretWords(kind, grant)}
          isLong={kind === "certificate"}
          value={typed.secret}
          onChange={(secret) => change({ secret })}
          errors={errors("/secret")}
        />
        {kind === "openid" && grant !== "client_credentials" && (
          <SecretField
            label="Secret of the client"
            isLong={false}
            isOptional
            value={typed.clientSecret}
            onChange={(clientSecret) => change({ clientSecret })}
            errors={errors("/clientSecret")}
          />
        )}
      </Wide>
    </FieldGroup>
  );
}

function AtOpenId({ typed, change, errors }: Part) {
  const ofWay = (at: string) => errors(`/way/${at}`);
  return (
    <>
      <TextField
        label="Issuer"
        hint="https://login.example.org/realm"
        value={typed.issuer}
        onChange={(issuer) => change({ issuer })}
        errors={ofWay("issuer")}
      />
      <TextField label="Id of the client" value={typed.clientId} onChange={(clientId) => change({ clientId })} errors={ofWay("clientId")} />
      <SelectField
        label="Grant"
        value={typed.grant}
        options={options(GRANT_WORDS)}
        onChange={(chosen) => change({ grant: chosen as Grant })}
        errors={ofWay("grant")}
      />
      <TextField label="Scope" value={typed.scope} onChange={(scope) => change({ scope })} errors={ofWay("scope")} isOptional />
    </>
  );
}

function WhereItIsShown({ typed, change, errors, others }: Part & { others: readonly CanaryView[] }) {
  const good = others
    .filter(({ status, way }) => status === "active" && way.kind === typed.kind)
    .map(({ key, name }) => ({ value: key, label: name }));
  return (
    <FieldGroup title="Where it may be shown">
      <Wide>
        <TextArea
          label="Relying parties"
          hint="Their origins, one a line: https://wiki.example.org. It is shown to no others."
          value={typed.shownTo}
          onChange={(shownTo) => change({ shownTo })}
          errors={errors("/shownTo")}
          isOptional
        />
      </Wide>
      <SelectField
        label="Control"
        hint="Another canary that gets in the same way and is good: where that one is taken, a refusal of this one means something."
        blank="None"
        value={typed.control}
        options={good}
        onChange={(control) => change({ control })}
        errors={errors("/control")}
        isOptional
      />
    </FieldGroup>
  );
}
