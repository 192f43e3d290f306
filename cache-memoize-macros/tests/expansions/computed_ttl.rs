#[cache_memoize(ttl = until(day), skip(day))]
fn timetable(line: u8, day: Day) -> Timetable {
    Timetable::of(line, day)
}
