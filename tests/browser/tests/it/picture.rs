//! A picture of the window: read from a PNG, kept as a small one, compared cell by cell.

use std::collections::HashMap;

/// The side of a cell, in pixels.
const CELL: usize = 8;
/// How far the mean of a colour of a cell may stray, of 255: letters are smoothed otherwise
/// elsewhere, and what is kept has fewer colours.
const STRAY: i32 = 14;
/// How many colours are kept.
const COLOURS: usize = 64;

/// Red, green and blue of each pixel, row by row.
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads a PNG of 8 bits: in colour, with or without transparency, or of a palette.
    pub fn of_png(bytes: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut data = vec![0; reader.output_buffer_size().expect("its size")];
        let info = reader.next_frame(&mut data).expect("its pixels");
        let (width, height) = (info.width as usize, info.height as usize);
        let each = info.line_size / width;
        let pixels = data.chunks_exact(each).take(width * height);
        let pixels = pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Self { width, height, pixels }
    }

    /// The same in its most frequent colours, each of the others as the nearest of them.
    pub fn to_small_png(&self) -> Vec<u8> {
        let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
        for pixel in &self.pixels {
            *counts.entry(pixel.map(|shade| shade & 0xf8)).or_default() += 1;
        }
        let mut palette: Vec<([u8; 3], usize)> = counts.into_iter().collect();
        palette.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
        palette.truncate(COLOURS);
        let palette: Vec<[u8; 3]> = palette.into_iter().map(|(colour, _)| colour).collect();
        let mut nearest: HashMap<[u8; 3], u8> = HashMap::new();
        let indexed: Vec<u8> = self
            .pixels
            .iter()
            .map(|pixel| {
                let rounded = pixel.map(|shade| shade & 0xf8);
                *nearest.entry(rounded).or_insert_with(|| {
                    let at = (0..palette.len()).min_by_key(|at| distance(palette[*at], rounded));
                    u8::try_from(at.expect("a colour")).expect("of a palette")
                })
            })
            .collect();
        self.written(&palette, &indexed)
    }

    fn written(&self, palette: &[[u8; 3]], indexed: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let size = |length: usize| u32::try_from(length).expect("a picture");
        let mut encoder = png::Encoder::new(&mut bytes, size(self.width), size(self.height));
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        // Rounded down to tell few colours apart: the middle of each is what it looked like.
        let shown =
            palette.iter().flatten().map(|shade| if *shade == 0xf8 { 0xff } else { *shade | 4 });
        encoder.set_palette(shown.collect::<Vec<u8>>());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().expect("a head");
        writer.write_image_data(indexed).expect("its pixels");
        writer.finish().expect("its end");
        bytes
    }

    /// How many cells are further apart than they may, and how many there are.
    pub fn apart(&self, other: &Self) -> (usize, usize) {
        let (one, two) = (self.cells(), other.cells());
        let far = |(one, two): (&[i32; 3], &[i32; 3])| {
            one.iter().zip(two).any(|(one, two)| (one - two).abs() > STRAY)
        };
        let far_apart = one.iter().zip(&two).filter(|cells| far(*cells)).count();
        let same_size = (self.width, self.height) == (other.width, other.height);
        (if same_size { far_apart } else { one.len().max(two.len()) }, one.len().max(two.len()))
    }

    /// The mean colour of each cell.
    fn cells(&self) -> Vec<[i32; 3]> {
        let columns = self.width.div_ceil(CELL);
        let mut sums = vec![[0_i32; 4]; columns * self.height.div_ceil(CELL)];
        // Every other pixel tells enough, in a quarter of the time.
        let rows = self.pixels.chunks_exact(self.width).enumerate().step_by(2);
        let pixels = rows.flat_map(|(y, row)| {
            row.iter().enumerate().step_by(2).map(move |(x, pixel)| (x, y, pixel))
        });
        for (x, y, pixel) in pixels {
            let cell = &mut sums[y / CELL * columns + x / CELL];
            for (sum, shade) in cell.iter_mut().zip(pixel) {
                *sum += i32::from(*shade);
            }
            cell[3] += 1;
        }
        sums.into_iter().map(|[r, g, b, count]| [r / count, g / count, b / count]).collect()
    }
}

fn distance(one: [u8; 3], other: [u8; 3]) -> i32 {
    one.iter().zip(other).map(|(one, other)| (i32::from(*one) - i32::from(other)).pow(2)).sum()
}

#[test]
fn a_picture_kept_small_is_the_same_and_another_is_not() {
    let shades = (0..64_u8 * 3).map(|at| [at, 255 - at, 128]);
    let picture = Picture { width: 16, height: 12, pixels: shades.collect() };
    let kept = Picture::of_png(&picture.to_small_png());
    assert_eq!(picture.apart(&kept), (0, 4));
    let dark = Picture { width: 16, height: 12, pixels: vec![[0; 3]; 192] };
    assert_eq!(picture.apart(&dark).0, 4);
    let wide = Picture { width: 32, height: 6, pixels: vec![[0; 3]; 192] };
    assert_eq!(dark.apart(&wide), (4, 4), "another size is another picture");
}
