// Where a view appears, its keys work at once.

/** Focuses it, unless somebody is elsewhere: in a field, or on a button that the keyboard went to. */
export function takeKeys(element: HTMLElement | null | undefined): void {
  const at = document.activeElement;
  const chose = at?.closest(".views") && !at.matches(":focus-visible"); // a click on the view's own button
  if (element && (!at || at === document.body || at.id === "main" || chose)) element.focus({ preventScroll: true });
}
