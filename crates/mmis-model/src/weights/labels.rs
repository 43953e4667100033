//! Channels of labels: dropping those that a browser does not need, and
//! carrying them from one label space into another.

use super::file::Arrays;
use crate::config::MmisNetConfig;
use crate::label_space::LabelSpace;

/// Whether the first axis of `name` counts labels: the head, and the auxiliary heads.
fn counts_labels(name: &str) -> bool {
    name.starts_with("head.") || is_auxiliary(name)
}

fn is_auxiliary(name: &str) -> bool {
    name.contains(".auxiliary.")
}

/// The network for the labels of `part` among `labels`, the names of its channels
/// in order: others lose their channels, and the auxiliary heads, which only
/// training uses, go.
pub fn keep_labels(
    parameters: &Arrays,
    config: &MmisNetConfig,
    labels: &[String],
    part: &LabelSpace,
) -> (Arrays, MmisNetConfig) {
    let mut kept = parameters.clone();
    kept.retain(|name, _| !is_auxiliary(name));
    for (name, array) in &mut kept {
        if counts_labels(name) {
            *array = rows(array, part.names().map(|name| labels.iter().position(|known| known == name)));
        }
    }
    (kept, MmisNetConfig { labels: part.len(), auxiliary: false, ..config.clone() })
}

/// Fills `into`, a network over the labels `new`, with `from`, one over the
/// labels `old`: labels that are new keep what `into` holds for them, and
/// auxiliary heads that `into` lacks are dropped.
pub fn move_labels(from: &Arrays, old: &[String], into: &Arrays, new: &[String]) -> Arrays {
    let mut moved = from.clone();
    moved.retain(|name, _| !is_auxiliary(name) || into.contains_key(name));
    for (name, array) in into {
        if !counts_labels(name) {
            continue;
        }
        let width = array.1.len() / array.0[0].max(1);
        let mut values = array.1.clone();
        if let Some((_, source)) = from.get(name) {
            for (label, values) in new.iter().zip(values.chunks_exact_mut(width)) {
                let row = old.iter().position(|known| known == label);
                if let Some(row) = row.and_then(|row| source.chunks_exact(width).nth(row)) {
                    values.copy_from_slice(row);
                }
            }
        }
        moved.insert(name.clone(), (array.0.clone(), values));
    }
    moved
}

fn rows(
    array: &(Vec<usize>, Vec<f32>),
    wanted: impl Iterator<Item = Option<usize>>,
) -> (Vec<usize>, Vec<f32>) {
    let width = array.1.len() / array.0[0].max(1);
    let mut shape = array.0.clone();
    let mut values = Vec::new();
    for row in wanted.flatten() {
        values.extend_from_slice(&array.1[row * width..(row + 1) * width]);
    }
    shape[0] = values.len() / width.max(1);
    (shape, values)
}
