"""The rules of attendance a second time: second by second, slow, and sharing nothing with the console."""

POLL_PERIODS = 3
TOLERANCE = 5


def calculate_reference(rows, everyone, times, policy, settled, *, guests=(), leaves=()):
    """(mark, seconds, unknown seconds) of the student whose evidence is `rows`.

    `everyone` is the evidence of the whole lesson, from which it is seen when somebody was looking. `guests`
    are the rows of each guest who is this student under another id, `leaves` when the student has leave.
    """
    if times.real_start is None:
        return "unknown", 0, 0
    running = times.real_end is None
    begin, end = times.real_start, times.now if running else times.real_end
    known, doubt = set(), set()
    for theirs in (rows, *guests):
        there, perhaps = _seconds(theirs, everyone, times, policy, settled)
        known |= there
        doubt |= perhaps
    doubt -= known
    worst, best = (
        _judge(sorted(there), times, policy, begin, end, running) for there in (known, known | doubt)
    )
    mark = worst if worst == best else "unknown"
    planned = set(range(times.planned_start, times.planned_end))
    excused = planned & {second for leave in leaves for second in range(*leave)}
    if mark != "present" and (len(excused) >= 60 * policy.leave_minutes or excused == planned):
        mark = "excused"
    return mark, len(known), len(doubt)


def _seconds(rows, everyone, times, policy, settled):
    """The seconds of the lesson in which these rows have somebody there, and those in which nobody knows."""
    trust = POLL_PERIODS * policy.poll_s
    running = times.real_end is None
    begin, end = times.real_start, times.now if running else times.real_end
    window = range(begin, end)
    good, looked = _looks(everyone)
    failed = [row.seen_at for row in everyone if row.source == "failed"]
    trusted = settled and any(row.source == "history" for row in everyone)
    sure = {row.left_at for row in rows if row.source == "history" and row.left_at}
    called = set() if trusted else {row.left_at for row in rows if row.source == "callback" and row.left_at}
    named = max((row.seen_at for row in everyone if row.source in ("poll", "tick")), default=0)
    visits, snapshots, doubt = _visits(rows, good, named, (sure, called), end, running, times.now, trust)
    known = {second for start, stop in visits for second in range(start, stop)}
    struck = set()
    for start, stop in _history_claims(rows):
        gone = _struck(start, stop, visits, snapshots)
        struck |= gone
        left = set(range(start, stop)) - gone
        if _refuted(start, stop, snapshots, everyone):
            doubt |= left
        else:
            known |= left
    if not trusted:
        near = {second + apart for second in known for apart in range(-TOLERANCE, TOLERANCE + 1)}
        for start, stop, paired in _callback_claims(rows, trust):
            gone = _struck(start, stop, visits, snapshots)
            doubt |= set(range(start, stop if paired else min(gone, default=stop))) - gone - near
    dark = {second for second in window if _dark(second, looked, failed, begin, end, trust)}
    doubt |= dark & struck if trusted else set(dark)
    if not visits:
        doubt |= struck
    doubt |= _never_closed(rows, end, snapshots)
    known &= set(window)
    return known, doubt & set(window) - known


def _refuted(start, stop, snapshots, everyone):
    """Whether a list that came whole, well within the claim, was without the person."""
    lists = {row.seen_at for row in everyone if row.source in ("poll", "tick")}
    return any(
        number is None and poll in lists and start + TOLERANCE <= poll <= stop - TOLERANCE
        for poll, number in snapshots
    )


def _looks(everyone):
    """The polls that know who was there, and all that were answered; one that only counted knows it if the
    list after it tells nothing new."""
    known, looked = [], sorted({row.seen_at for row in everyone if row.source in ("poll", "tick", "count")})
    for moment in looked:
        lists = {row.seen_at for row in everyone if row.source in ("poll", "tick")}
        following = min((other for other in lists if other >= moment), default=None)
        new = any(row.source == "poll" and row.seen_at == following for row in everyone)
        if moment in lists or not new:
            known.append(moment)
    return known, looked


def _visits(rows, good, named, exits, end, running, now, trust):
    """Stretches that polls saw, each poll of the lesson with the number of the visit in it (or None), and the
    seconds after exits that a callback alone tells. `named` is the last poll that named people."""
    changes = sorted(
        (row.seen_at, (row.entered_at or 0) if row.present else None) for row in rows if row.source == "poll"
    )
    entries = []
    for poll in good:
        before = [entry for moment, entry in changes if moment <= poll]
        entries.append(before[-1] if before else None)
    starts, lasts, numbers = [], [], []
    newest, last_sighting = 0, 0
    for place, (poll, entry) in enumerate(zip(good, entries, strict=True)):
        if entry is not None:
            if entry > max(newest, last_sighting):
                starts.append(entry)
                lasts.append(place)
            elif place == 0 or entries[place - 1] is None:
                starts.append(max(good[place - 1], poll - trust) if place else poll)
                lasts.append(place)
            lasts[-1] = place
            newest, last_sighting = max(newest, entry), poll
        numbers.append(None if entry is None else len(starts) - 1)
    visits, perhaps = [], set()
    for start, place in zip(starts, lasts, strict=True):
        missed = None
        if place + 1 < len(good):
            missed = good[place + 1] if entries[place + 1] is None else entries[place + 1]
        since = good[place] if missed is not None else named
        stop, until = _stop(start, good[place], since, missed, exits, end, running, now, trust)
        visits.append((start, max(start, stop)))
        perhaps |= set(range(stop, until))
    return visits, list(zip(good, numbers, strict=True)), perhaps


def _stop(start, sighting, since, missed, exits, end, running, now, trust):
    """When a visit that was last seen at `sighting` and was over at `missed` (None: no later poll) ended, and
    until when it may have lasted; an exit after `since` is believed."""
    sure, called = exits
    to_the_end = not running and sighting <= end <= sighting + trust
    latest = missed + TOLERANCE if missed is not None else 10**10 if to_the_end else sighting + trust
    if not to_the_end:
        latest = min(latest, sighting + trust)
    if to_the_end and (missed is None or missed > end):
        natural = end
    elif missed is not None:
        natural = min(missed, sighting + trust)
    else:
        natural = min(sighting + trust, max(now, sighting)) if running else sighting + trust
    fitting = [one for one in sorted(sure | called) if max(start, since - TOLERANCE) <= one <= latest]
    looked_since = missed is not None and (running or missed <= end)
    if looked_since:
        return (fitting[0], fitting[0]) if fitting else (natural, natural)
    if told := [one for one in fitting if one in sure]:
        return told[0], told[0]
    return (fitting[0], max(fitting[0], natural)) if fitting else (natural, natural)


def _history_claims(rows):
    """What the history says: (start, stop)."""
    history = [row for row in rows if row.source == "history" and row.entered_at]
    closed = {row.entered_at for row in history if row.left_at}
    for row in history:
        if row.left_at:
            yield row.entered_at, row.left_at
        elif row.entered_at not in closed:
            yield row.entered_at, max(row.entered_at, row.seen_at)


def _callback_claims(rows, trust):
    """What callbacks say: (start, stop, whether the exit was told)."""
    told = [row for row in rows if row.source == "callback"]
    entries, exits = (
        {row.entered_at for row in told if row.present},
        {row.left_at for row in told if not row.present},
    )
    for entry in entries:
        nexts = [(moment, 0) for moment in entries if moment > entry] + [(m, 1) for m in exits if m > entry]
        following = min(nexts, key=lambda pair: (pair[0], -pair[1]), default=(entry + trust, 0))
        stop = following[0] if following[1] else min(following[0], entry + trust)
        yield entry, stop, bool(following[1])


def _struck(start, stop, visits, polls):
    """Seconds of a claim in which the polls had the person gone."""
    struck, run = set(), []
    for place, (poll, number) in enumerate([*polls, (10**10, -1)]):
        if number is None:
            run.append((place, poll))
            continue
        inside = [moment for _, moment in run if start <= moment <= stop]
        if inside:
            left, back = inside[0], inside[-1]
            first_place, first_poll = run[0]
            if first_place > 0 and left == first_poll and start <= visits[polls[first_place - 1][1]][1]:
                left = visits[polls[first_place - 1][1]][1]
            if number >= 0 and back == run[-1][1] and visits[number][0] <= stop:
                back = max(back, visits[number][0])
            struck |= set(range(left, back))
        run = []
    return struck


def _never_closed(rows, end, polls):
    """The exit that a line does not tell may have been at any time after it was read, polls permitting."""
    doubt = set()
    history = [row for row in rows if row.source == "history" and row.entered_at]
    for row in history:
        same = [other for other in history if other.entered_at == row.entered_at]
        if not any(other.left_at for other in same):
            doubt |= set(range(max(row.entered_at, max(other.seen_at for other in same)), end))
    for (poll, number), (following, other) in zip(polls, polls[1:], strict=False):
        if number is None and other is None:
            doubt -= set(range(poll, following))
    return doubt


def _dark(second, good, failed, begin, end, trust):
    """Whether nobody was looking: the polls around this second failed or are too far apart."""
    inside = [poll for poll in good if begin <= poll <= end]
    if not inside:
        return True
    before = max([poll for poll in inside if poll <= second], default=begin)
    after = min([poll for poll in inside if poll > second], default=end)
    looked = max([poll for poll in good if poll <= second], default=0)
    return after - before > trust or any(looked <= moment <= after for moment in failed)


def _judge(there, times, policy, begin, end, running):
    if not there:
        grace_over = times.now > max(times.planned_start, begin) + policy.late_after_s
        return "absent" if not running or grace_over else "unknown"
    late = there[0] > max(times.planned_start, begin) + policy.late_after_s
    if running:
        return "late" if late else "present"
    if len(there) / (end - begin) < policy.present_share / 100:
        return "absent"
    early = there[-1] + 1 < end - policy.early_leave_s
    return {(0, 0): "present", (1, 0): "late", (0, 1): "left_early", (1, 1): "late_and_left_early"}[
        late, early
    ]
