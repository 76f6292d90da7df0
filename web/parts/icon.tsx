import type { ReactNode } from "react";

/** Line drawings on a 16 grid, one stroke; what an icon means is always also said in words beside it. */
const DRAWINGS = {
  arrowRight: <path d="M3 8h9.5M9 4.5 12.5 8 9 11.5" />,
  bell: <path d="M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3ZM6.7 14.2c.8.5 1.8.5 2.6 0" />,
  book: <path d="M3 3.2h4a1 1 0 0 1 1 1v9a1.4 1.4 0 0 0-1.2-.7H3ZM13 3.2H9a1 1 0 0 0-1 1v9a1.4 1.4 0 0 1 1.2-.7H13Z" />,
  calendar: <path d="M2.8 4h10.4v9.2H2.8ZM2.8 7h10.4M5.5 2.2v3M10.5 2.2v3" />,
  chain: <path d="M6.5 9.5 9.5 6.5M7 4.8l1.3-1.3a2.9 2.9 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.3 1.3a2.9 2.9 0 0 1-4.2-4.2L4.8 7" />,
  chart: <path d="M2.5 13.5h11M4.5 11V8M8 11V4M11.5 11V6.5" />,
  check: <path d="m3 8.5 3.2 3.2L13 4.8" />,
  chevronDown: <path d="m4 6 4 4 4-4" />,
  chevronRight: <path d="m6 4 4 4-4 4" />,
  chevronUp: <path d="m4 10 4-4 4 4" />,
  copy: <path d="M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3" />,
  cross: <path d="m4 4 8 8M12 4l-8 8" />,
  dots: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />,
  download: <path d="M8 2.5v8M4.8 7.4 8 10.6l3.2-3.2M2.5 10.5v3h11v-3" />,
  door: <path d="M2.5 13.5h11M4.5 13.5V6.8a3.5 3.5 0 0 1 7 0v6.7M9.3 9v1.2" />,
  filter: <path d="M2.5 4h11M4.7 8h6.6M6.8 12h2.4" />,
  flag: <path d="M3.5 14V2.5M3.5 3h8.5l-2 3 2 3H3.5" />,
  folder: <path d="M2.3 12.8V3.6h4l1.5 1.8h5.9v7.4Z" />,
  info: <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3v3.6M8 5.1v.1" />,
  key: <path d="M9.4 8.8a3.3 3.3 0 1 0-2.2-2.2L2.5 11.3v2.2h2.2v-1.6h1.6v-1.6ZM10.9 5.1v.01" />,
  list: <path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4v.01M2.5 8v.01M2.5 12v.01" />,
  lock: <path d="M3.5 7.3h9v6.2h-9ZM5.3 7.3V5.2a2.7 2.7 0 0 1 5.4 0v2.1" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  minus: <path d="M3.5 8h9" />,
  moon: <path d="M13 9.6A5.6 5.6 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6Z" />,
  out: <path d="M6.5 2.8H3v10.4h3.5M6.5 8h7M11 5.2 13.7 8 11 10.8" />,
  pencil: <path d="m3 13 .7-3L10.6 3.1a1.3 1.3 0 0 1 1.8 0l.5.5a1.3 1.3 0 0 1 0 1.8L6 12.3Z" />,
  people: (
    <path d="M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6ZM1.8 13.2a4.2 4.2 0 0 1 8.4 0M10.5 3.1a2.3 2.3 0 0 1 0 4.2M11.8 9.6a4.2 4.2 0 0 1 2.4 3.6" />
  ),
  plug: <path d="M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0ZM8 12v2.2" />,
  plus: <path d="M8 3v10M3 8h10" />,
  print: <path d="M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7Z" />,
  refresh: <path d="M13 6.5A5.3 5.3 0 0 0 3.4 5.3L2.5 6.7M3 9.5a5.3 5.3 0 0 0 9.6 1.2l.9-1.4M2.5 3.5v3.2h3.2M13.5 12.5V9.3h-3.2" />,
  search: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.2 3.2" />,
  shield: <path d="M8 2 3 3.8v3.7c0 3 2 5.2 5 6.5 3-1.3 5-3.5 5-6.5V3.8Z" />,
  sun: (
    <path d="M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  ),
  terminal: <path d="m3 4.5 3.5 3.5L3 11.5M8 12h5" />,
  trash: <path d="M2.8 4.5h10.4M6 4.5V2.8h4v1.7M4.2 4.5l.6 9h6.4l.6-9" />,
  upload: <path d="M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2M2.5 10.5v3h11v-3" />,
  warning: <path d="M8 2.5 14 13H2ZM8 6.5v3M8 11.3v.1" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** A drawing of 16 px by default, in the colour of the text around it; hidden from assistive technology. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {DRAWINGS[name]}
    </svg>
  );
}
