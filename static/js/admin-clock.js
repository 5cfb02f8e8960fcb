// The clock of the Django admin offers hours of 24, as all times of the console; its own are "6 a.m." and "6 p.m.".
// Runs after the admin's script, which reads the table when the page has loaded.
if (window.DateTimeShortcuts) {
  const hours = [0, 6, 12, 18].map((hour) => [`${String(hour).padStart(2, "0")}:00`, hour]);
  DateTimeShortcuts.clockHours.default_ = [["Now", -1], ...hours];
}
