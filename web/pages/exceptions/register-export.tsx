import { exportExceptions } from "../../../src/exceptions/contract-export.ts";
import { useNow } from "../../now.tsx";
import { DownloadButton } from "../../parts/download-button.tsx";
import { REGISTER_COLUMNS } from "./register-columns.tsx";
import { queryOf, type RegisterSearch } from "./register-views.ts";

/** What is shown, all pages of it, as a file: the same filter, order and columns, and whom each lets past what. */
export function RegisterExport({ search }: { search: RegisterSearch }) {
  const { nowMs } = useNow();
  const { limit: _, cursor: __, ...asked } = queryOf(search, nowMs);
  const columns = [...REGISTER_COLUMNS.map(({ key }) => key), "covers"].join(",");
  return (
    <>
      <DownloadButton endpoint={exportExceptions} given={{ query: { ...asked, columns, format: "csv" } }}>
        Download as CSV
      </DownloadButton>
      <DownloadButton endpoint={exportExceptions} given={{ query: { ...asked, columns, format: "xlsx" } }}>
        Download as XLSX
      </DownloadButton>
    </>
  );
}
