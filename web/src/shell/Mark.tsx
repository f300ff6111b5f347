/** The mark: a line that is broken and goes on elsewhere. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden>
      <path d="M3 11h10l-3 7 7-2-3 6" fill="none" stroke="var(--fault)" strokeWidth="2.8" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M19 21h10" fill="none" stroke="currentColor" strokeWidth="2.8" strokeLinecap="round" />
    </svg>
  );
}
