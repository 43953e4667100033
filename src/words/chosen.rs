//! How components read words in the language that is chosen.

use leptos::prelude::*;

use super::Text;
use crate::effects::Page;

/// `t(TEXT)` is the text in the language that is chosen, whichever it is when somebody looks.
/// Code that is run anew anyway says `TEXT.say(locale.get())`, with the locale of
/// [`Page::locale`]; in a memo of the model it is [`crate::model::Model::locale`].
pub fn use_words() -> impl Fn(Text) -> Signal<&'static str> + Copy + Send + Sync + 'static {
    let locale = Page::expect().locale();
    move |text| Signal::derive(move || text.say(locale.get()))
}
