import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Endpoint } from "../../src/kernel/contract.ts";
import { callForFile, type CalledFile, type CallFailed, type Given } from "../api.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { say } from "./toast.tsx";

interface DownloadButtonProps<E extends Endpoint> extends Pick<ButtonProps, "whyNot" | "look" | "isSmall"> {
  endpoint: E;
  given: Given<E>;
  children: ReactNode;
}

/** Asks for a file and hands it to the browser. Unlike a mere link, it says what went wrong when there is none. */
export function DownloadButton<E extends Endpoint>({ endpoint, given, children, ...rest }: DownloadButtonProps<E>) {
  const asked = useMutation<CalledFile, CallFailed>({ mutationFn: () => callForFile(endpoint, given), onSuccess: keep });
  return (
    <>
      <Button {...rest} icon="download" isBusy={asked.isPending} onClick={() => asked.mutate()}>
        {children}
      </Button>
      {asked.error !== null && <Failure error={asked.error} title="The file was not made" />}
    </>
  );
}

function keep({ name, content }: CalledFile): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it after the click; a minute is enough for it to have begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`${name} was downloaded.`);
}
