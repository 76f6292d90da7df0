import { useState } from "react";

import { type PreferencesView, setMessagePreferences } from "../../../src/messages/contract.ts";
import { useAct } from "../../act.ts";
import { failureFrom } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Failure } from "../../parts/failure.tsx";
import { CheckField, SelectField } from "../../parts/field.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Section } from "../../parts/page.tsx";
import { say } from "../../parts/toast.tsx";
import styles from "./messages.module.css";

const LANGUAGES: readonly { readonly value: PreferencesView["language"]; readonly label: string }[] = [
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
];

export function PreferencesForm({ preferences }: { preferences: PreferencesView }) {
  const [muted, setMuted] = useState(preferences.muted);
  const [language, setLanguage] = useState(preferences.language);
  const saving = useAct(setMessagePreferences, () => say("Kept. It holds from the next message on."));
  const isChanged = muted !== preferences.muted || language !== preferences.language;
  return (
    <Section title="Mail">
      <Where preferences={preferences} />
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate({ body: { muted, language } });
        }}
      >
        <SelectField
          label="Language of messages"
          options={LANGUAGES}
          value={language}
          onChange={(value) => setLanguage(LANGUAGES.find((each) => each.value === value)?.value ?? "en")}
        />
        <CheckField
          label="Mute the daily message"
          hint="Deadlines go on as before, and everything is still here. Incidents are sent all the same: they are open now, and you may be the only one who can close them."
          isOn={muted}
          onChange={setMuted}
        />
        {saving.error !== null && <Failure error={failureFrom(saving.error)} title="Not kept" />}
        <div>
          <Button type="submit" look="primary" isBusy={saving.isPending} whyNot={isChanged ? undefined : "Nothing is changed."}>
            Keep this
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Where({ preferences: { address, hasMail } }: { preferences: PreferencesView }) {
  if (!hasMail) {
    return (
      <Notice tone="wait" title="No mail server is set up">
        Nobody is told by mail. Look here for what waits for you, or let your calendar show it.
      </Notice>
    );
  }
  if (address === null) {
    return (
      <Notice tone="unknown" title="No mail address of yours is known">
        Ask an administrator to enter it under People. Until then you are told nothing by mail.
      </Notice>
    );
  }
  return (
    <p className={styles.where}>
      At most one message a day goes to <strong>{address}</strong>, and incidents at once.
    </p>
  );
}
