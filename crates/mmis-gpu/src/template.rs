//! WGSL with loops that are written out: private arrays that an index walks spill to memory,
//! so accumulators have names, and names are what this makes.
//!
//! A line `//% for r in 0..rows` repeats what follows up to its `//% end`, a line `//% if name`
//! keeps it where the value is not 0, else what stands behind `//% else`. `{{expression}}` is
//! replaced by its value: sums of products of names and whole numbers.

use std::collections::BTreeMap;

/// Values by name.
pub(crate) type Values = BTreeMap<&'static str, u32>;

/// `source` with everything written out. What it cannot read stays as it is, which no
/// compiler of WGSL takes.
pub(crate) fn expand(source: &str, values: &Values) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let mut text = String::with_capacity(2 * source.len());
    write_block(&lines, &values, &mut text);
    text
}

fn write_block(lines: &[&str], values: &BTreeMap<String, u32>, text: &mut String) {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let Some(directive) = line.trim().strip_prefix("//% ") else {
            write_line(line, values, text);
            continue;
        };
        let (body, otherwise, next) = parts(lines, at);
        at = next;
        if let Some((name, first, last)) = range(directive, values) {
            let mut values = values.clone();
            for value in first..last {
                values.insert(name.to_owned(), value);
                write_block(body, &values, text);
            }
        } else if let Some(condition) = directive.strip_prefix("if ") {
            let holds = evaluate(condition, values).is_some_and(|value| value != 0);
            write_block(if holds { body } else { otherwise }, values, text);
        } else {
            write_line(line.trim_start_matches([' ', '/']), values, text);
        }
    }
}

/// From line `start` on: what is repeated or kept, what stands behind `else`, and where it goes on.
fn parts<'a, 'b>(lines: &'a [&'b str], start: usize) -> (&'a [&'b str], &'a [&'b str], usize) {
    let (mut depth, mut middle) = (0, None);
    for (at, line) in lines.iter().enumerate().skip(start) {
        match line.trim().strip_prefix("//% ") {
            Some("end") if depth == 0 => {
                let body = &lines[start..middle.unwrap_or(at)];
                let otherwise = middle.map_or(&lines[..0], |middle| &lines[middle + 1..at]);
                return (body, otherwise, at + 1);
            }
            Some("end") => depth -= 1,
            Some("else") if depth == 0 => middle = Some(at),
            Some("else") | None => {}
            Some(_) => depth += 1,
        }
    }
    (&lines[start..], &lines[..0], lines.len())
}

/// Name and bounds of a `for`.
fn range<'a>(directive: &'a str, values: &BTreeMap<String, u32>) -> Option<(&'a str, u32, u32)> {
    let (name, bounds) = directive.strip_prefix("for ")?.split_once(" in ")?;
    let (first, last) = bounds.split_once("..")?;
    Some((name, evaluate(first, values)?, evaluate(last, values)?))
}

fn write_line(line: &str, values: &BTreeMap<String, u32>, text: &mut String) {
    let mut rest = line;
    while let Some((before, (expression, after))) =
        rest.split_once("{{").and_then(|(before, from)| Some((before, from.split_once("}}")?)))
    {
        text.push_str(before);
        match evaluate(expression, values) {
            Some(value) => text.push_str(&value.to_string()),
            None => text.push_str(expression),
        }
        rest = after;
    }
    text.push_str(rest);
    text.push('\n');
}

fn evaluate(expression: &str, values: &BTreeMap<String, u32>) -> Option<u32> {
    let atom = |text: &str| text.parse().ok().or_else(|| values.get(text).copied());
    let product = |term: &str| term.split('*').map(|text| atom(text.trim())).product::<Option<u32>>();
    expression.split('+').map(product).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_nest_and_expressions_are_computed() {
        let source = "//% for r in 0..rows\nlet p{{r}};\n//% for c in 0..2\n\
                      {{2*r+c}} {{r+c*10}}\n//% end\n//% end\nlast";
        let expected = "let p0;\n0 0\n1 10\nlet p1;\n2 1\n3 11\nlast\n";
        assert_eq!(expand(source, &Values::from([("rows", 2)])), expected);
    }

    #[test]
    fn a_condition_keeps_one_of_its_sides() {
        let source = "//% if a\nyes\n//% if b\nboth\n//% end\n//% else\nno\n//% end";
        assert_eq!(expand(source, &Values::from([("a", 1), ("b", 0)])), "yes\n");
        assert_eq!(expand(source, &Values::from([("a", 0), ("b", 1)])), "no\n");
    }

    #[test]
    fn what_has_no_value_stays_for_the_compiler_to_refuse() {
        assert_eq!(expand("let a = {{unknown}}u;", &Values::new()), "let a = unknownu;\n");
    }
}
