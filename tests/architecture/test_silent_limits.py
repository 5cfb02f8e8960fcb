"""No row is left out without a word: each `[:n]` of rows is in a table with how readers learn of the rest.

A calendar ended after 3,000 lessons, and a decision about all differences after 1,000, as if these were all.
"""

import ast

from tests.architecture.slices import cuts, find

#: The sentence or number that stands with the rows.
TOLD = "a sentence says that there are more, or the number of all of them"
REFUSED = "more than these are refused"
PAGED = "the others are on further pages"
BATCH = "it goes on until nothing is left"
NEWEST = "the heading or the description says: the newest ones"
LINKED = "a link, a search or narrower filters lead to the others"
EXAMPLES = "proposals, samples or examples, of which nobody expects all"
NO_ROWS = "no rows: parts of a text, of a form, of a rule or of a table of the program"

#: How readers learn of what is left out, by module and by what is cut, each separated by "; ".
TABLE: dict[str, dict[str, str]] = {
    "accounts/bulk/views.py": {
        PAGED: "people[:MAX_IN_REQUEST]",
        TOLD: "people[:MAX_NAMED]; refusals[:MAX_NAMED]",
    },
    "accounts/imports/comparison.py": {BATCH: "remaining.only('source', 'number', 'cells')[:BATCH]"},
    "accounts/imports/export.py": {
        TOLD: "people.order_by('user_id').values('pk', 'user_id', *FIELDS)[:limit]",
    },
    "accounts/outbound/operations.py": {BATCH: "people[:half]"},
    "accounts/people/search.py": {LINKED: "groups[:MAX_RESULTS]; people[:MAX_RESULTS]"},
    "accounts/people/serializer_fields.py": {TOLD: "shown[:10]"},
    "accounts/people/subject_access/job.py": {TOLD: "found[:room]"},
    "accounts/school/forms/attendance.py": {TOLD: "marks[:self.MAX_LISTED_MARKS]"},
    "accounts/school/identity/matching.py": {
        REFUSED: "people.filter(e_mail__iexact=address).exclude(e_mail='')[:2]",
    },
    "accounts/sign_in/lockout.py": {NO_ROWS: "limits[:index]"},
    "classes/admin_forms.py": {TOLD: "new[:MAX_NAMED]"},
    "classes/attendance/explanation.py": {TOLD: "gaps[:MAX_GAPS]"},
    "classes/attendance/forms/policy.py": {TOLD: "changes[:MAX_LISTED]"},
    "classes/attendance/grades/sentences.py": {TOLD: "difference.grades[:MAX_NAMED]"},
    "classes/attendance/grades/views/current.py": {LINKED: "form.offered_courses[:LINKED_COURSES]"},
    "classes/attendance/leave_queries.py": {
        TOLD: "covered.order_by('starts_at', 'pk')[:MAX_LESSONS]; lessons_for(student).filter("
        "upcoming_filter(), pk__in=memberships, cancelled_at=None).order_by('starts_at', 'pk')[:MAX_LESSONS]",
    },
    "classes/attendance/policy_changes.py": {
        TOLD: "lately.select_related('enterprise', 'teacher', 'course').order_by('-starts_at', '-id')"
        "[:MAX_LESSONS]",
    },
    "classes/attendance/reports/charts.py": {
        TOLD: "items[:MOST_TEACHERS]; list(names.items())[:MOST_GROUPS]",
    },
    "classes/attendance/reports/closing.py": {TOLD: "keys[:MAX_CLOSED]"},
    "classes/attendance/reports/group_matrix.py": {
        TOLD: "lessons[:MOST_LESSONS]; list(grid)[:MOST_PEOPLE]",
    },
    "classes/attendance/reports/lesson_matrix/forms.py": {LINKED: "rows[:MOST_OPTIONS]"},
    "classes/attendance/reports/lesson_matrix/lessons.py": {TOLD: "found[:kept]"},
    "classes/attendance/reports/lesson_matrix/views.py": {
        LINKED: "form.offered_courses[:LINKED_COURSES]",
        TOLD: "found[:trends.MAX_MARKS]",
    },
    "classes/attendance/reports/lists.py": {TOLD: "found[:MAX_ROWS]; rows[:MAX_ROWS]"},
    "classes/attendance/reports/student.py": {NO_ROWS: "own[:1 + names]"},
    "classes/attendance/reports/views.py": {TOLD: "self.found[:student.MAX_ROWS]"},
    "classes/attendance/views/appeals.py": {TOLD: "undecided_differences(self.lesson)[:MAX_SHOWN]"},
    "classes/attendance/views/register.py": {TOLD: "found[:MAX_SHOWN]"},
    "classes/conflicts/overlaps.py": {TOLD: "shared[:MAX_NAMED]"},
    "classes/lessons/comparison.py": {TOLD: "differing[:MAX_NAMES]"},
    "classes/lessons/entry_operations.py": {
        BATCH: "Entry.objects.filter(due).order_by('secrets_until').values_list('pk', flat=True)[:limit]",
    },
    "classes/lessons/forms/fields.py": {TOLD: "unknown[:10]", NO_ROWS: "one[:40]"},
    "classes/lessons/forms/settings.py": {NO_ROWS: "names[:place]"},
    "classes/lessons/members.py": {NO_ROWS: "one.identity[:2]"},
    "classes/lessons/selectable.py": {TOLD: "listed[:10]", NO_ROWS: "one[:40]"},
    "classes/live/wall/tiles.py": {TOLD: "self.lesson.missing[:MAX_NAMES]; troubled[:MAX_ANNOUNCED]"},
    "classes/management/commands/verify_register.py": {TOLD: "verdict.faults[:MAX_LISTED]"},
    "classes/mirror/outdated_registers.py": {
        BATCH: "old.order_by('-id').values_list('pk', flat=True)[:min(limit, BATCH)]",
    },
    "classes/notifications/lessons.py": {
        BATCH: "rows().order_by('starts_at', 'id').values_list('pk', flat=True)[:BATCH]",
    },
    "classes/notifications/memberships.py": {
        BATCH: "pending.order_by('person_id').values_list('person_id', flat=True).distinct()[:BATCH]",
    },
    "classes/pages/home.py": {TOLD: "found[:MAX_ON_RULER]; shown[:MAX_LESSONS]"},
    "classes/pages/person.py": {NEWEST: "rows[:MAX_MARKS]"},
    "classes/pages/student_summary.py": {NEWEST: "ready.order_by('-starts_at', '-id')[:MAX_RECORDINGS]"},
    "classes/recordings/copy_job.py": {BATCH: "due[:CHECK_BATCH]"},
    "classes/recordings/library.py": {
        EXAMPLES: "people.filter(Exists(visible.filter(user_id=OuterRef('user_id'))))[:MAX_SUGGESTIONS]",
    },
    "classes/search.py": {
        LINKED: "between[:MAX_RESULTS - len(found)]; courses.order_by('title', 'id')[:MAX_RESULTS]; "
        "lessons.filter(starts_at__gte=today).order_by('starts_at', 'id')[:MAX_RESULTS]",
    },
    "classes/timetable/bulk/views.py": {
        TOLD: "form.preview.planned[:MAX_LISTED]; found[:MAX_LESSONS]; names[:MAX_NAMED]",
    },
    "classes/timetable/calendar/events.py": {
        TOLD: "found[:MAX_LESSONS]",
        NO_ROWS: "end[:10]; first[:10]",
    },
    "classes/timetable/calendar/layers.py": {TOLD: "list(self._chosen(address))[:MAX_LAYERS]"},
    "classes/timetable/courses/changes.py": {NO_ROWS: "added[:max(0, len(free) - len(separate))]"},
    "classes/timetable/courses/recurrence.py": {
        REFUSED: "islice(_build_rule(text, first, until), min(count, MAX_LESSONS + 1))",
    },
    "classes/timetable/cover/plan.py": {TOLD: "offered[:MAX_OFFERED]"},
    "classes/timetable/cover/views.py": {TOLD: "done.kept[:MAX_LISTED]"},
    "classes/timetable/imports/checks.py": {
        TOLD: "sorted(row_clashes, key=_conflict_order)[:MAX_NAMED]",
    },
    "classes/timetable/imports/jobs.py": {
        BATCH: "undoable_lessons(source).order_by('-starts_at', '-id')[:STEP_SIZE]",
    },
    "classes/timetable/make_up/slots.py": {
        EXAMPLES: "of_course.values_list('starts_at')[:MAX_USUAL_LESSONS]; slots[:MAX_SLOTS]; "
        "of_teacher.values_list('starts_at')[:MAX_USUAL_LESSONS]; usual[:MAX_DAY_TIMES - 1]",
    },
    "classes/timetable/make_up/times.py": {EXAMPLES: "free[:MAX_FREE]; taken[:MAX_TAKEN]"},
    "classes/timetable/roll_over/conflicts.py": {
        TOLD: "sorted(found, key=lambda one: (one.slot.starts_at, one.person, one.other.topic))[:MAX_NAMED]",
    },
    "classes/timetable/roll_over/result.py": {
        TOLD: "User.objects.filter(pk__in=leavers).order_by(*BY_NAME)[:MAX_NAMED]",
    },
    "console/audit/chain.py": {
        BATCH: "UnlinkedEntry.objects.filter(chain=chain).order_by('entry_id')"
        ".values_list('entry_id', flat=True)[:batch]",
    },
    "console/audit/verification.py": {EXAMPLES: "mismatches[:MAX_COMPARED_LINKS]"},
    "console/child_process/child.py": {NO_ROWS: "buffer[:len(found)]"},
    "console/concurrency.py": {NO_ROWS: "seen[name][:TAG_HINT_LENGTH]"},
    "console/imports/forms.py": {
        EXAMPLES: "source.lines.order_by('number').values_list('cells', flat=True)[:SAMPLE_ROWS]",
        NO_ROWS: "fields[:place]",
    },
    "console/imports/uploads.py": {NO_ROWS: "islice(rows, HEADING_SEARCH_ROWS)"},
    "console/inbox/api.py": {TOLD: "unknown[:10]"},
    "console/inbox/processing.py": {BATCH: "_due_callbacks().select_for_update(skip_locked=True)[:limit]"},
    "console/lists/first_rows.py": {TOLD: "found[:most]"},
    "console/lists/view_settings.py": {
        NO_ROWS: "[value for value in values if _is_filter_value(value)][:MAX_FILTER_VALUES]",
    },
    "console/mirror/reconciliation.py": {
        EXAMPLES: """sorted({f"{odd.key or '?'}: {odd.reason}" for odd in result.odd})[:5]""",
    },
    "console/mirror/registry.py": {NO_ROWS: "entry[:2]"},
    "console/notifications/email.py": {TOLD: "lines[:MAX_NOTICES_PER_TOPIC]"},
    "console/outbox/api.py": {NEWEST: "operation.tries.all()[:100]"},
    "console/outbox/gates.py": {NO_ROWS: "SCHOOL_HOLD_REASONS[:2]"},
    "console/policy/bulk_views.py": {
        TOLD: "keys[:MAX_BULK_ROWS]; keys[:MAX_LISTED]; refused[:MAX_LISTED]",
    },
    "console/policy/field_choice.py": {NO_ROWS: "unknown[0][:40]"},
    "console/policy/views.py": {PAGED: "page[:size]", NO_ROWS: "names[:place]"},
    "console/search.py": {
        LINKED: "found[:MAX_RESULTS]",
        NO_ROWS: "text[:MAX_TEXT].split()[:MAX_WORDS]",
    },
    "console/ui/template_tags.py": {NO_ROWS: "name.split()[:2]"},
    "console/ui/waiting.py": {LINKED: "chosen[:limit - len(rows)]"},
    "console/vault/management/commands/rotate_keys.py": {
        BATCH: "rows.values_list('pk', flat=True)[:size]",
    },
    "documents/files/pdf.py": {NO_ROWS: "tail[:place]"},
    "documents/search.py": {LINKED: "documents.order_by('-id')[:MAX_RESULTS]"},
}


def test_every_limit_is_in_the_table() -> None:
    listed = {
        (module, expression)
        for module, ways in TABLE.items()
        for expressions in ways.values()
        for expression in expressions.split("; ")
    }
    found = {tuple(cut) for cut in cuts()}
    assert sorted(found - listed) == [], "say in the table how readers learn of the rows that are left out"
    assert sorted(listed - found) == []


def test_a_limit_is_found_wherever_rows_come_from() -> None:
    source = """
def one(rows): return rows[:MAX_ROWS]
def two(rows): return [str(row) for row in rows.order_by("pk")[: self.most]]
def three(rows): return list(islice(rows, 9))
def four(rows): return sorted(rows)[:5]
def batches(rows):
    while batch := list(rows[:BATCH]):
        yield batch
def asks(rows): return rows[: MAX_ROWS + 1]
def first(rows): return rows[:1]
def texts(name, rows): return [name[:40], str(rows)[:9], name.strip()[:MAX_TEXT], f"{rows}"[:3]]
"""
    assert set(find(ast.parse(source))) == {
        "rows[:MAX_ROWS]",
        "rows.order_by('pk')[:self.most]",
        "islice(rows, 9)",
        "sorted(rows)[:5]",
    }
