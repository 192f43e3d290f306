use fastrand::Rng;

/// Values that are compressed together.
pub(super) struct Bundle {
    pub(super) name: &'static str,
    pub(super) values: Vec<Vec<u8>>,
}

impl Bundle {
    pub(super) fn bytes(&self) -> usize {
        self.values.iter().map(Vec::len).sum()
    }
}

/// Bundles of so many bytes at most. There are small ones, such as a page of search results, and those of the experiment
/// of 2017: bundles of files of 300 KB on average, with a large one among them.
pub(super) fn up_to(bytes: usize) -> Vec<Bundle> {
    let mut random = Rng::with_seed(1);
    let all = [
        ("2 of 1 KB", vec![1_000; 2]),
        ("20 of 1 KB", vec![1_000; 20]),
        ("200 of 1 KB", vec![1_000; 200]),
        ("2 of 10 KB", vec![10_000; 2]),
        ("20 of 10 KB", vec![10_000; 20]),
        ("200 of 10 KB", vec![10_000; 200]),
        ("2 of 300 KB", vec![300_000; 2]),
        ("26 of 300 KB, one large", files(26)),
        ("103 of 300 KB, one large", files(103)),
    ];
    let wanted = all.into_iter().filter(|(_, lengths)| lengths.iter().sum::<usize>() <= bytes);
    let mut of =
        |lengths: Vec<usize>| lengths.into_iter().map(|it| text(it, &mut random)).collect();
    wanted.map(|(name, lengths)| Bundle { name, values: of(lengths) }).collect()
}

fn files(count: usize) -> Vec<usize> {
    let mut lengths = vec![260_000; count - 1];
    lengths.push(300_000 * count - 260_000 * (count - 1));
    lengths
}

/// Something like the JSON of a service: words that come again, and numbers that do not.
fn text(length: usize, random: &mut Rng) -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "\"id\":",
        "\"name\":\"",
        "\"price\":",
        "\",",
        "},{",
        "Warsaw",
        "Berlin",
        "chair",
        "table",
        "true",
        "null",
        "\"created_at\":\"2026-",
    ];
    let mut text = Vec::with_capacity(length + 32);
    while text.len() < length {
        text.extend_from_slice(random.choice(WORDS).unwrap_or_default().as_bytes());
        if random.u8(..) < 90 {
            text.extend_from_slice(random.u32(..1_000_000).to_string().as_bytes());
        }
    }
    text.truncate(length);
    text
}
