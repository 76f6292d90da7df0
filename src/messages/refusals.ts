/** Codes this module refuses with; each has a page in docs/problems. */
export const MESSAGE_REFUSALS = {
  "messages.addressMissing": "There is no mail address to write to",
  "messages.calendarNotFound": "This calendar address leads nowhere",
  "messages.mailNotSetUp": "No mail server is set up",
  "messages.notFound": "There is no such message for you",
  "messages.trialJustSent": "A trial message was sent a moment ago",
} as const;
