/// A number as decimal text, without taking memory for it.
pub(super) struct Digits {
    text: [u8; LONGEST],
    start: usize,
}

/// As many digits as a number of 64 bits has at most.
const LONGEST: usize = 20;

impl Digits {
    pub(super) fn of(mut number: u64) -> Self {
        let mut digits = Self { text: [b'0'; LONGEST], start: LONGEST };
        loop {
            digits.start -= 1;
            digits.text[digits.start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return digits;
            }
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_the_standard_library_writes_it() {
        for number in [0, 7, 10, 99, 100, 4_294_967_295, u64::MAX - 1, u64::MAX] {
            assert_eq!(Digits::of(number).as_bytes(), number.to_string().as_bytes());
        }
    }
}
