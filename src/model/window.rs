//! Window and level: which greys of a picture are black and white on the screen.

/// The narrowest window, greys.
const NARROWEST: f64 = 8.0;

/// Greys of 0 to 255 between which the screen goes from black to white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The grey that is half as bright as white: the level.
    pub level: f64,
    /// From black to white.
    pub width: f64,
}

impl Default for Window {
    fn default() -> Self {
        Self::PRESETS[0]
    }
}

impl Window {
    /// As it is; brighter; for faint structure in the dark; for the bright layers.
    pub const PRESETS: [Self; 4] = [
        Self { level: 127.5, width: 255.0 },
        Self { level: 90.0, width: 180.0 },
        Self { level: 50.0, width: 100.0 },
        Self { level: 165.0, width: 150.0 },
    ];

    /// Moved by a drag of `right` and `down` CSS pixels: to the right the window widens, down
    /// the picture brightens, as viewers of radiology have it.
    pub fn dragged(self, right: f64, down: f64) -> Self {
        Self { level: self.level - down / 2.0, width: self.width + right / 2.0 }.within_bounds()
    }

    /// The preset after the one in use.
    pub fn next_preset(self) -> Self {
        let at = Self::PRESETS.iter().position(|preset| *preset == self);
        at.map_or(Self::default(), |at| Self::PRESETS[(at + 1) % Self::PRESETS.len()])
    }

    /// Whether the picture is shown as it is.
    pub fn is_default(self) -> bool {
        self == Self::default()
    }

    /// What the screen shows for each grey.
    pub fn table(self) -> [u8; 256] {
        let black = self.level - self.width / 2.0;
        // `as` saturates at 0 and 255.
        std::array::from_fn(|grey| ((grey as f64 - black) / self.width * 255.0).round() as u8)
    }

    fn within_bounds(self) -> Self {
        Self { level: self.level.clamp(0.0, 255.0), width: self.width.clamp(NARROWEST, 510.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_preset_changes_nothing_and_the_last_leads_back_to_it() {
        let table = Window::default().table();
        assert!((0..256).all(|grey| usize::from(table[grey]) == grey));
        let mut window = Window::default();
        for _ in 0..Window::PRESETS.len() {
            window = window.next_preset();
        }
        assert!(window.is_default());
        assert!(Window::default().dragged(3.0, 0.0).next_preset().is_default());
    }

    #[test]
    fn a_drag_to_the_right_softens_and_one_down_brightens() {
        let from = Window { level: 100.0, width: 100.0 };
        assert_eq!(from.dragged(20.0, 0.0), Window { level: 100.0, width: 110.0 });
        let brighter = from.dragged(0.0, 20.0);
        assert!(brighter.table()[100] > from.table()[100]);
        assert_eq!(from.dragged(-1e9, 1e9), Window { level: 0.0, width: NARROWEST });
    }
}
