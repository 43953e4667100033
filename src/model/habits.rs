//! What a person chose of the page itself, kept for the next visit.

use super::view::{View, Views};

/// The colours of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// For a dark room: the scan is the brightest thing.
    #[default]
    Dark,
    /// For a lit one.
    Light,
}

impl Theme {
    /// All, in the order of the choice.
    pub const ALL: [Self; 2] = [Self::Dark, Self::Light];

    /// Its name in the style sheet and in storage.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// The colours of the page.
    pub theme: Theme,
    /// Which views stand beside each other.
    pub views: Views,
    /// Whether the classes have patterns.
    pub patterns: bool,
    /// Strength of the fill, 0..=1.
    pub opacity: f64,
    /// Whether the ETDRS grid is shown.
    pub grid: bool,
    /// Whether the tour was taken or declined.
    pub toured: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self::of(&View::default())
    }
}

impl Habits {
    /// Those of a view.
    pub fn of(view: &View) -> Self {
        let View { theme, views, patterns, opacity, grid, toured, .. } = *view;
        Self { theme, views, patterns, opacity, grid, toured }
    }

    /// A view with these habits.
    pub fn view(self) -> View {
        let Self { theme, views, patterns, opacity, grid, toured } = self;
        View { theme, views, patterns, opacity, grid, toured, ..View::default() }
    }

    /// As text for the browser's storage.
    pub fn to_text(self) -> String {
        let views = Views::ALL.iter().position(|views| *views == self.views).unwrap_or(0);
        let Self { theme, patterns, opacity, grid, toured, .. } = self;
        let theme = theme.slug();
        format!(
            "theme={theme};views={views};patterns={patterns};opacity={opacity:.2};grid={grid};toured={toured}"
        )
    }

    /// What [`Self::to_text`] wrote; what is not understood is as usual.
    pub fn of_text(text: &str) -> Self {
        let mut habits = Self::default();
        for (name, value) in text.split(';').filter_map(|part| part.split_once('=')) {
            match name {
                "theme" => {
                    habits.theme =
                        Theme::ALL.into_iter().find(|theme| theme.slug() == value).unwrap_or_default();
                }
                "views" => {
                    let views = value.parse::<usize>().ok().and_then(|at| Views::ALL.get(at));
                    habits.views = views.copied().unwrap_or_default();
                }
                "patterns" => habits.patterns = value.parse().unwrap_or(habits.patterns),
                "grid" => habits.grid = value.parse().unwrap_or(habits.grid),
                "toured" => habits.toured = value.parse().unwrap_or(habits.toured),
                "opacity" => {
                    let opacity = value.parse().ok().filter(|opacity: &f64| (0.0..=1.0).contains(opacity));
                    habits.opacity = opacity.unwrap_or(habits.opacity);
                }
                _ => {}
            }
        }
        habits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_come_back_and_what_somebody_else_wrote_there_changes_nothing() {
        let (theme, views) = (Theme::Light, Views::All);
        let habits = Habits { theme, views, patterns: false, opacity: 0.7, grid: false, toured: true };
        assert_eq!(Habits::of_text(&habits.to_text()), habits);
        assert_eq!(Habits::of(&habits.view()), habits);
        for odd in ["", "views=9;opacity=NaN;theme=pink", "opacity=7", "=;{}"] {
            assert_eq!(Habits::of_text(odd), Habits::default(), "{odd}");
        }
    }
}
