use crate::{Result, StoreError, StoreErrorKind};

/// The number that [`increment`](crate::Store::increment) makes of the value that is there, for stores that
/// count by themselves.
///
/// # Errors
/// [`StoreErrorKind::WrongType`] if the value is no decimal number of 64 bits.
pub fn next_count(value: Option<&[u8]>, by: u64, start: u64) -> Result<u64> {
    let Some(value) = value else { return Ok(start) };
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse::<u64>().ok());
    number.map(|number| number.wrapping_add(by)).ok_or_else(|| {
        let context = "the value under this key is no number; remove it first";
        StoreError::new(StoreErrorKind::WrongType, "increment", context)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_starts_goes_on_and_wraps() {
        assert_eq!(next_count(None, 3, 7).unwrap(), 7);
        assert_eq!(next_count(Some(b"7"), 3, 0).unwrap(), 10);
        assert_eq!(next_count(Some(b"18446744073709551615"), 2, 0).unwrap(), 1);
    }

    #[test]
    fn text_is_no_counter() {
        for text in [&b"seven"[..], b"", b"-1", b"18446744073709551616", b"\xff"] {
            assert_eq!(next_count(Some(text), 1, 0).unwrap_err().kind(), StoreErrorKind::WrongType);
        }
    }
}
