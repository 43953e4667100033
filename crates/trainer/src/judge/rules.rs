//! Rules that could follow the network, each kept only where it helps on validation.
//!
//! None of them is in the engine: the model card says what they were worth.

/// A rule over the labels of one B-scan in its own grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Labels as the engine gives them.
    None,
    /// Connected pixels of one fluid that cover fewer than so many pixels of the
    /// working grid (7.8 um x 20 um each) become background.
    SmallestComponent {
        /// Working pixels.
        working_pixels: f64,
    },
    /// SRF lies above the RPE, PED between it and Bruch's membrane: where the
    /// network is sure of the layer, the label follows it.
    AnatomicalOrder,
}

impl Rule {
    /// The rules that are compared.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::SmallestComponent { working_pixels: 4.0 },
        Self::SmallestComponent { working_pixels: 10.0 },
        Self::SmallestComponent { working_pixels: 25.0 },
        Self::AnatomicalOrder,
    ];

    /// The name in tables.
    pub fn name(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::SmallestComponent { working_pixels } => {
                format!("components of {working_pixels} working pixels or more")
            }
            Self::AnatomicalOrder => "SRF above the RPE, PED below".to_owned(),
        }
    }

    /// Applies the rule to `labels` (0 background, 1 IRF, 2 SRF, 3 PED), row by row.
    ///
    /// - `pixels_a_working_pixel`: how many of its pixels cover one of the working grid
    /// - `layers`: of each pixel the probability of the retina and of RPE to Bruch's membrane
    pub fn apply(
        self,
        labels: &mut [u8],
        columns: usize,
        pixels_a_working_pixel: f64,
        layers: Option<&[[f32; 2]]>,
    ) {
        match self {
            Self::None => {}
            Self::SmallestComponent { working_pixels } => {
                drop_small(labels, columns, (working_pixels * pixels_a_working_pixel).ceil() as usize);
            }
            Self::AnatomicalOrder => {
                for (label, [retina, below]) in labels.iter_mut().zip(layers.unwrap_or_default()) {
                    match *label {
                        2 if *below >= 0.5 && *retina < 0.5 => *label = 3,
                        3 if *retina >= 0.5 && *below < 0.5 => *label = 2,
                        _ => {}
                    }
                }
            }
        }
    }
}

/// Components hang together by sides.
fn drop_small(labels: &mut [u8], columns: usize, smallest: usize) {
    let mut seen = vec![false; labels.len()];
    for start in 0..labels.len() {
        if labels[start] == 0 || seen[start] {
            continue;
        }
        let class = labels[start];
        let mut component = vec![start];
        seen[start] = true;
        let mut next = 0;
        while let Some(&index) = component.get(next) {
            next += 1;
            let column = index % columns;
            let neighbours = [
                (column > 0).then(|| index - 1),
                (column + 1 < columns).then(|| index + 1),
                index.checked_sub(columns),
                (index + columns < labels.len()).then(|| index + columns),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if labels[neighbour] == class && !seen[neighbour] {
                    seen[neighbour] = true;
                    component.push(neighbour);
                }
            }
        }
        if component.len() < smallest {
            component.into_iter().for_each(|index| labels[index] = 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_components_go_and_large_ones_stay_even_where_classes_touch() {
        #[rustfmt::skip]
        let mut labels = [
            1, 1, 0, 2,
            1, 2, 0, 0,
            0, 2, 2, 2,
        ];
        Rule::SmallestComponent { working_pixels: 1.5 }.apply(&mut labels, 4, 2.0, None);
        #[rustfmt::skip]
        assert_eq!(labels, [
            1, 1, 0, 0,
            1, 2, 0, 0,
            0, 2, 2, 2,
        ]);
    }

    #[test]
    fn labels_follow_the_layer_only_where_the_layer_is_sure() {
        let mut labels = [2, 3, 2, 3, 1];
        let layers = [[0.1, 0.9], [0.9, 0.1], [0.6, 0.6], [0.2, 0.2], [0.0, 1.0]];
        Rule::AnatomicalOrder.apply(&mut labels, 5, 1.0, Some(&layers));
        assert_eq!(labels, [3, 2, 2, 3, 1]);
    }
}
