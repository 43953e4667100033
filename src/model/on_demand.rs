//! Pictures that the engine makes when somebody looks at them, one at a time.

use super::pixels::Pixels;

/// The picture for a key: the one that is held, and the one that was asked for.
///
/// One request is under way at a time, so that scrolling does not queue up thirty of them; the
/// old picture stays until the new one is there.
#[derive(Debug, Clone)]
pub struct OnDemand<K> {
    held: Option<(K, Pixels)>,
    awaited: Option<K>,
    /// The key that was asked for last and never came.
    refused: Option<K>,
    changed: u64,
}

impl<K> Default for OnDemand<K> {
    fn default() -> Self {
        Self { held: None, awaited: None, refused: None, changed: 0 }
    }
}

impl<K: PartialEq + Copy> OnDemand<K> {
    /// Whether the picture for `key` is to be asked for now; it counts as asked for then.
    pub fn ask(&mut self, key: K) -> bool {
        let is_held = self.held.as_ref().is_some_and(|(held, _)| *held == key);
        let asks = !is_held && self.awaited.is_none() && self.refused != Some(key);
        if asks {
            self.awaited = Some(key);
        }
        asks
    }

    /// The picture for `key` came, or `None` where it is not what it should be.
    pub fn arrived(&mut self, key: K, picture: Option<Pixels>) {
        self.awaited = None;
        self.refused = picture.is_none().then_some(key);
        if let Some(picture) = picture {
            self.held = Some((key, picture));
            self.changed += 1;
        }
    }

    /// What was asked for does not come, and is not asked for again before another.
    pub fn failed(&mut self) {
        self.refused = self.awaited.take().or(self.refused);
    }

    /// What was asked for does not come any more: a new engine knows nothing of it.
    pub fn forget_request(&mut self) {
        self.awaited = None;
        self.refused = None;
    }

    /// Lets go of the picture, which is not right any more.
    pub fn forget(&mut self) {
        self.held = None;
        self.refused = None;
        self.changed += 1;
    }

    /// The picture for `key`.
    pub fn get(&self, key: K) -> Option<&Pixels> {
        self.held.as_ref().filter(|(held, _)| *held == key).map(|(_, picture)| picture)
    }

    /// The picture that is held, with its key: the wanted one or the one before.
    pub fn latest(&self) -> Option<(K, &Pixels)> {
        self.held.as_ref().map(|(key, picture)| (*key, picture))
    }

    /// Counts changes of the picture.
    pub fn changed(&self) -> u64 {
        self.changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels() -> Pixels {
        Pixels::new(vec![1_u8])
    }

    #[test]
    fn one_picture_is_under_way_at_a_time_and_the_old_one_stays_till_then() {
        let mut pictures = OnDemand::default();
        assert!(pictures.ask(1));
        assert!(!pictures.ask(1) && !pictures.ask(2));
        pictures.arrived(1, Some(pixels()));
        assert!(!pictures.ask(1), "it is held");
        assert!(pictures.ask(2));
        assert!(pictures.get(2).is_none() && pictures.latest().is_some_and(|(key, _)| key == 1));
    }

    #[test]
    fn what_cannot_be_made_is_not_asked_for_for_ever() {
        let mut pictures = OnDemand::default();
        assert!(pictures.ask(1));
        pictures.failed();
        assert!(!pictures.ask(1) && pictures.ask(2));
        pictures.arrived(2, None);
        assert!(!pictures.ask(2));
        pictures.forget_request();
        assert!(pictures.ask(2), "a new engine may know");
    }
}
