use std::io::Write;

/// A way to compress one value.
#[derive(Clone, Copy)]
pub(super) struct Compressor {
    pub(super) name: &'static str,
    pub(super) compress: fn(&[u8]) -> Vec<u8>,
}

pub(super) const COMPRESSORS: &[Compressor] = &[
    Compressor { name: "lz4", compress: lz4_flex::compress_prepend_size },
    Compressor {
        name: "zstd 1",
        compress: |value| zstd::bulk::compress(value, 1).expect("it fits"),
    },
    Compressor { name: "zlib 1", compress: |value| zlib(value, 1) },
    Compressor { name: "zlib 6", compress: |value| zlib(value, 6) },
];

fn zlib(value: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(value).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}
