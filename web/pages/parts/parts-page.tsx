/** Every part in every state, for looking at while developing; it is not in the shipped console. */
import { useState } from "react";

import { Badge, Tag } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Combo } from "../../parts/combo.tsx";
import { DateField } from "../../parts/date-field.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Fact, Facts, Hash, NotKnown } from "../../parts/facts.tsx";
import { CheckField, FieldGroup, SelectField, TextArea, TextField, Wide } from "../../parts/field.tsx";
import { Mark, Wordmark } from "../../parts/mark.tsx";
import { Menu } from "../../parts/menu.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { BYPASS_SIGNS, SEEN_SIGNS, STATE_SIGNS } from "../../signs.ts";
import { PartsCharts } from "./parts-charts.tsx";
import { PartsLanes } from "./parts-lanes.tsx";
import styles from "./parts-page.module.css";

const LOOKS = ["primary", "plain", "quiet", "danger"] as const;

export function PartsPage() {
  return (
    <Page title="Parts" mark={<Tag>development only</Tag>} below="Every part in every state, from the same tokens.">
      <Section title="Mark">
        <div className={styles.row}>
          <Mark size={16} />
          <Mark size={24} />
          <Mark size={48} />
          <Mark size={96} />
          <Wordmark size={28} />
        </div>
      </Section>
      <Section title="States">
        <div className={styles.row}>
          {[STATE_SIGNS, SEEN_SIGNS, BYPASS_SIGNS].flatMap((signs) =>
            Object.entries(signs).map(([key, sign]) => <Badge key={key} sign={sign} isBoxed />),
          )}
        </div>
        <div className={styles.row}>
          {Object.entries(STATE_SIGNS).map(([key, sign]) => (
            <Badge key={key} sign={sign} />
          ))}
        </div>
      </Section>
      <Section title="Buttons">
        {LOOKS.map((look) => (
          <div key={look} className={styles.row}>
            <Button look={look}>Request</Button>
            <Button look={look} icon="key">
              Approve with a passkey
            </Button>
            <Button look={look} isBusy>
              Waiting
            </Button>
            <Button look={look} whyNot="You asked for this exception; two other people decide.">
              Approve
            </Button>
            <Button look={look} icon="copy" iconOnly="Copy" />
          </div>
        ))}
      </Section>
      <PartsFields />
      <PartsTable />
      <Section title="Time line">
        <PartsLanes />
      </Section>
      <Section title="Charts and terms">
        <PartsCharts />
      </Section>
      <PartsWords />
    </Page>
  );
}

function PartsFields() {
  const [text, setText] = useState("");
  const [day, setDay] = useState("2026-11-27");
  const [isOn, setOn] = useState(true);
  const [choice, setChoice] = useState("");
  return (
    <Section title="Fields">
      <FieldGroup title="What is asked" why="The approvers see these words, and only these. Their votes are bound to them.">
        <TextField label="Title" value={text} onChange={setText} placeholder="Legacy payroll keeps passwords" />
        <TextField
          label="Owner"
          value={text}
          onChange={setText}
          errors={["The help desk cannot own an exception. Name the application's owner."]}
        />
        <SelectField
          label="Reason"
          value=""
          onChange={() => undefined}
          blank="Choose"
          options={[{ value: "t", label: "Technical" }]}
          isOptional
        />
        <DateField label="Until" hint="Ends at 28 Nov 00:00 UTC, the end of that day." value={day} onChange={setDay} />
        <Combo
          label="Policy"
          hint="What the provider stops demanding."
          value={choice}
          onChange={setChoice}
          choices={[
            { id: "a", name: "Smart card required", detail: "3 people are exempt now" },
            { id: "b", name: "Passkey for VPN" },
          ]}
        />
        <TextField label="Fixed" value="CN=Payroll,OU=Apps,DC=corp" onChange={() => undefined} isFixed disabled />
        <Wide>
          <TextArea label="Justification" value={text} onChange={setText} hint="Why no stronger way exists today." />
        </Wide>
        <CheckField label="Board visible" hint="Shown on the board's page until it ends." isOn={isOn} onChange={setOn} />
      </FieldGroup>
    </Section>
  );
}

interface Sample {
  readonly ref: string;
  readonly title: string;
  readonly state: keyof typeof STATE_SIGNS;
  readonly endsAt: string;
  readonly age: number;
}

const IN_SIX_DAYS = new Date(Date.now() + 6.2 * 86_400_000).toISOString();

const SAMPLES: readonly Sample[] = (["active", "in_approval", "revoke_failed", "closed"] as const).map((state, i) => ({
  ref: `EXC-2026-000${i + 1}`,
  title: "Sample row for looking at the table",
  state,
  endsAt: IN_SIX_DAYS,
  age: 41 * i,
}));

const COLUMNS: readonly Column<Sample>[] = [
  { key: "ref", title: "Ref", cell: (row) => row.ref, isName: true, sort: "ref" },
  { key: "title", title: "Title", cell: (row) => row.title, isFlexible: true },
  { key: "state", title: "State", cell: (row) => <Badge sign={STATE_SIGNS[row.state]} /> },
  { key: "ends", title: "Ends", cell: (row) => <Time at={row.endsAt} isStacked />, sort: "ends" },
  { key: "age", title: "True age", cell: (row) => `${row.age} d`, isNumber: true },
];

function PartsTable() {
  const [sort, setSort] = useState("ends");
  const table = {
    caption: "Samples",
    columns: COLUMNS,
    rowKey: (row: Sample) => row.ref,
    sort,
    onSort: setSort,
    empty: <Empty title="No samples" />,
  };
  return (
    <>
      <Section title="Table" isFlush>
        <Table {...table} rows={SAMPLES} />
      </Section>
      <Section title="Table, loading" isFlush>
        <Table {...table} rows={[]} isLoading />
      </Section>
      <Section title="Table, empty">
        <Empty title="Nothing is registered yet" action={<Button look="primary">Request an exception</Button>}>
          Every exception to passwordless sign-in will be listed here, with its owner and its end.
        </Empty>
      </Section>
    </>
  );
}

function PartsWords() {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title="Words">
      <Notice tone="bad" title="The provider still holds it">
        Read back 4 min ago: the account is still in the exemption group. The next try is in 6 min.
      </Notice>
      <Notice tone="wait" title="Two votes are missing" action={<Button>Remind</Button>} />
      <Notice tone="unknown" title="Nobody has looked since 3 days">
        The connection does not answer.
      </Notice>
      <Notice tone="ok" title="Seen to be gone" />
      <Notice tone="open" title="In force">
        Until the end of its grant.
      </Notice>
      <Facts>
        <Fact name="Owner">Mara Keller</Fact>
        <Fact name="Content">
          <Hash value="sha256:9f2c1ab034d5e6f78899aabbccddeeff00112233445566778899aabbccddee01" />
        </Fact>
        <Fact name="Last read">
          <NotKnown />
        </Fact>
        <Fact name="Ends">
          <Time at={IN_SIX_DAYS} />
        </Fact>
      </Facts>
      <div className={styles.row}>
        <Button onClick={() => setAsking(true)}>Open a dialog</Button>
        <Button onClick={() => say("EXC-2026-0001 was submitted.")}>Say something</Button>
        <Menu face="Account" choices={[{ id: "out", words: "Sign out", icon: "out", onChoose: () => undefined }]} />
      </div>
      {isAsking && (
        <Dialog
          title="Remove Mara Keller's bypass?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button look="danger">Remove it from Corp AD</Button>
            </>
          }
        >
          <p>She signs in with her smart card from the next sign-in on. Tickets she holds now stay valid for up to 10 h.</p>
        </Dialog>
      )}
    </Section>
  );
}
