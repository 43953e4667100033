//! What a TIFF says of the meaning of its pages: channels, slices, times.
//!
//! ImageJ stores channels fastest, then slices, then times (ImageJ's `TiffEncoder.java`,
//! Fiji's hyperstacks). In OME-TIFF the sizes and the order of the dimensions are
//! attributes of `Pixels` (OME-XML 2016-06 schema).

use roxmltree::Node;

use super::description::{Description, imagej_value, ome_pixels};
use super::directory::Directory;

/// Most images that a description may promise, whatever the file holds.
const MOST_IMAGES: usize = 4096;

/// A dimension of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Channel,
    Slice,
    Time,
}

/// How the images of a file belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::images) struct Hyperstack {
    /// The dimensions with their sizes, the fastest first.
    dimensions: [(Dimension, usize); 3],
}

impl Hyperstack {
    /// What the first page says, where it says anything that can be.
    pub(in crate::images) fn of(first: &Directory<'_>) -> Option<Self> {
        let stack = match Description::of(first)? {
            Description::ImageJ(text) => imagej(&text),
            Description::Ome(text) => ome_pixels(&text, ome),
        }?;
        let images =
            stack.dimensions.iter().try_fold(1, |images: usize, (_, size)| images.checked_mul(*size));
        images.is_some_and(|images| (1..=MOST_IMAGES).contains(&images)).then_some(stack)
    }

    /// Images in all.
    pub(in crate::images) fn images(&self) -> usize {
        self.dimensions.iter().map(|(_, size)| size).product()
    }

    fn size(&self, wanted: Dimension) -> usize {
        self.dimensions.iter().find(|(dimension, _)| *dimension == wanted).map_or(1, |(_, size)| *size)
    }

    /// Whether the file says that its images show one place at several times.
    pub(in crate::images) fn is_time_series(&self) -> bool {
        self.size(Dimension::Slice) == 1 && self.size(Dimension::Time) > 1
    }

    /// The stacks of B-scans in the file: for each what it is called, and which images
    /// are its B-scans. One where all images belong together.
    pub(in crate::images) fn stacks(&self) -> Vec<(String, Vec<usize>)> {
        let (channels, times) = (self.size(Dimension::Channel), self.size(Dimension::Time));
        // Times of one place are the images of one stack, which is then no volume.
        let times_apart = if self.is_time_series() { 1 } else { times };
        let called = |stack: usize| {
            let (time, channel) = (stack / channels, stack % channels);
            let of = |word: &str, index: usize, count: usize| {
                (count > 1).then(|| format!("{word} {} of {count}", index + 1))
            };
            let parts = [of("channel", channel, channels), of("time", time, times_apart)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        };
        let mut stacks: Vec<(String, Vec<usize>)> =
            (0..channels * times_apart).map(|stack| (called(stack), Vec::new())).collect();
        for image in 0..self.images() {
            let [channel, time] = self.place(image);
            let time = if times_apart == 1 { 0 } else { time };
            if let Some((_, images)) = stacks.get_mut(time * channels + channel) {
                images.push(image);
            }
        }
        stacks
    }

    /// Channel and time of an image.
    fn place(&self, image: usize) -> [usize; 2] {
        let (mut rest, mut place) = (image, [0, 0]);
        for (dimension, size) in self.dimensions {
            match dimension {
                Dimension::Channel => place[0] = rest % size,
                Dimension::Time => place[1] = rest % size,
                Dimension::Slice => {}
            }
            rest /= size;
        }
        place
    }
}

fn imagej(text: &str) -> Option<Hyperstack> {
    let number = |wanted: &str| imagej_value(text, wanted)?.parse::<usize>().ok();
    let images = number("images")?;
    let size = |wanted| number(wanted).unwrap_or(1).max(1);
    let (channels, times) = (size("channels"), size("frames"));
    // `slices` is left out where it is one, and where the stack has no other dimension.
    let of_one_dimension = channels == 1 && times == 1;
    let slices = number("slices").unwrap_or(if of_one_dimension { images } else { 1 }).max(1);
    let stack = Hyperstack {
        dimensions: [(Dimension::Channel, channels), (Dimension::Slice, slices), (Dimension::Time, times)],
    };
    (channels.checked_mul(slices)?.checked_mul(times)? == images).then_some(stack)
}

fn ome(pixels: Node<'_, '_>) -> Option<Hyperstack> {
    let order = pixels.attribute("DimensionOrder")?.strip_prefix("XY")?;
    let size = |name| {
        pixels.attribute(name).and_then(|size| size.trim().parse::<usize>().ok()).filter(|size| *size > 0)
    };
    // Samples of one pixel (red, green, blue) count as channels there, and are one page.
    let samples = pixels
        .children()
        .filter_map(|child| child.attribute("SamplesPerPixel")?.trim().parse::<usize>().ok())
        .find(|samples| *samples > 0)
        .unwrap_or(1);
    let mut dimensions = Vec::new();
    for letter in order.chars() {
        dimensions.push(match letter {
            'C' => (Dimension::Channel, size("SizeC")?.div_ceil(samples)),
            'Z' => (Dimension::Slice, size("SizeZ")?),
            'T' => (Dimension::Time, size("SizeT")?),
            _ => return None,
        });
    }
    Some(Hyperstack { dimensions: dimensions.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stacks(stack: Option<Hyperstack>) -> Vec<(String, Vec<usize>)> {
        stack.unwrap().stacks()
    }

    #[test]
    fn channels_of_imagej_lie_between_each_other() {
        let stack = imagej("ImageJ=1.53\nimages=6\nchannels=2\nslices=3\nhyperstack=true\n");
        assert_eq!(
            stacks(stack),
            [("channel 1 of 2".to_owned(), vec![0, 2, 4]), ("channel 2 of 2".to_owned(), vec![1, 3, 5])]
        );
    }

    #[test]
    fn an_ordinary_stack_is_one_whatever_its_description_leaves_out() {
        for text in ["ImageJ=1.53\nimages=3\nslices=3\n", "ImageJ=1.53\nimages=3\n"] {
            assert_eq!(stacks(imagej(text)), [(String::new(), vec![0, 1, 2])]);
        }
        assert_eq!(imagej("ImageJ=1.53\nimages=7\nchannels=2\nslices=3\n"), None, "it contradicts itself");
    }

    #[test]
    fn times_of_one_place_are_one_stack_that_says_so() {
        let stack = imagej("ImageJ=1.53\nimages=4\nframes=4\n").unwrap();
        assert!(stack.is_time_series());
        assert_eq!(stack.stacks().len(), 1);
        let several = imagej("ImageJ=1.53\nimages=4\nslices=2\nframes=2\n").unwrap();
        assert!(!several.is_time_series());
        assert_eq!(several.stacks()[1], ("time 2 of 2".to_owned(), vec![2, 3]));
    }

    #[test]
    fn ome_says_in_which_order_the_dimensions_lie() {
        let xml = |order: &str| {
            format!(
                "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image><Pixels DimensionOrder=\"{order}\" SizeC=\"2\" SizeT=\"1\" SizeX=\"9\" SizeY=\"9\" SizeZ=\"2\"><Channel SamplesPerPixel=\"1\"/></Pixels></Image></OME>"
            )
        };
        assert_eq!(stacks(ome_pixels(&xml("XYCZT"), ome))[0].1, [0, 2]);
        assert_eq!(stacks(ome_pixels(&xml("XYZCT"), ome))[0].1, [0, 1]);
        assert!(Description::parsed("a page of a fax".to_owned()).is_none());
    }
}
