import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";

import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";
import styles from "../operations/operations.module.css";

const KEY = /^[a-z][a-z0-9-]{1,60}$/;

/** Begins to describe something new under a key of its own. */
export function AddByKey({
  title,
  to,
}: {
  title: string;
  to: "/components/$key/change" | "/common-causes/$key/change" | "/operations/$key/change";
}) {
  const navigate = useNavigate();
  const [key, setKey] = useState("");
  const [isLeft, setLeft] = useState(false);
  const isKey = KEY.test(key);
  const describe = (event: FormEvent) => {
    event.preventDefault();
    if (isKey) void navigate({ to, params: { key } });
  };
  return (
    <Section title={title} note="Its key never changes; its name may.">
      <form onSubmit={describe} className={styles.ask}>
        <TextField
          label="Key"
          hint="Lower-case letters, digits and dashes, beginning with a letter."
          value={key}
          onChange={setKey}
          onBlur={() => setLeft(true)}
          errors={isLeft && key !== "" && !isKey ? ["This is no key."] : []}
          spellCheck={false}
          autoComplete="off"
        />
        <div>
          <Button type="submit" whyNot={isKey ? undefined : "Write its key first."}>
            Describe it
          </Button>
        </div>
      </form>
    </Section>
  );
}
