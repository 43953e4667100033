//! Fingers, or a mouse, on the view in space: one turns it, two enlarge it.

/// A finger, or the mouse while it is pressed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Finger {
    pointer: i32,
    at: [f64; 2],
}

/// What a movement means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gesture {
    /// Turn: so far to the right and down, CSS pixels.
    Turn([f64; 2]),
    /// Enlarge by a factor.
    Pinch(f64),
}

/// The fingers that are down: two at most, a third is not heeded.
#[derive(Debug, Clone, Default)]
pub struct Fingers(Vec<Finger>);

impl Fingers {
    /// A finger goes down.
    pub fn press(&mut self, pointer: i32, at: [f64; 2]) {
        self.release(pointer);
        if self.0.len() < 2 {
            self.0.push(Finger { pointer, at });
        }
    }

    /// A finger is lifted, or was taken away.
    pub fn release(&mut self, pointer: i32) {
        self.0.retain(|finger| finger.pointer != pointer);
    }

    /// A finger has moved; `None` where it is not down.
    pub fn travel(&mut self, pointer: i32, at: [f64; 2]) -> Option<Gesture> {
        let apart = |fingers: &[Finger]| match fingers {
            [one, other] => Some((one.at[0] - other.at[0]).hypot(one.at[1] - other.at[1]).max(1.0)),
            _ => None,
        };
        let before = apart(&self.0);
        let finger = self.0.iter_mut().find(|finger| finger.pointer == pointer)?;
        let turned = [at[0] - finger.at[0], at[1] - finger.at[1]];
        finger.at = at;
        Some(match before.zip(apart(&self.0)) {
            Some((before, after)) => Gesture::Pinch(after / before),
            None => Gesture::Turn(turned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_finger_turns_by_what_it_travelled_since_it_was_last_seen() {
        let mut fingers = Fingers::default();
        assert_eq!(fingers.travel(1, [5.0, 5.0]), None);
        fingers.press(1, [10.0, 10.0]);
        assert_eq!(fingers.travel(1, [14.0, 7.0]), Some(Gesture::Turn([4.0, -3.0])));
        assert_eq!(fingers.travel(1, [15.0, 7.0]), Some(Gesture::Turn([1.0, 0.0])));
        fingers.release(1);
        assert_eq!(fingers.travel(1, [20.0, 7.0]), None);
    }

    #[test]
    fn two_fingers_pinch_and_the_one_that_stays_turns_again() {
        let mut fingers = Fingers::default();
        fingers.press(1, [0.0, 0.0]);
        fingers.press(2, [100.0, 0.0]);
        fingers.press(3, [50.0, 50.0]);
        assert_eq!(fingers.travel(2, [200.0, 0.0]), Some(Gesture::Pinch(2.0)));
        assert_eq!(fingers.travel(3, [60.0, 50.0]), None);
        fingers.release(1);
        assert_eq!(fingers.travel(2, [201.0, 0.0]), Some(Gesture::Turn([1.0, 0.0])));
    }
}
