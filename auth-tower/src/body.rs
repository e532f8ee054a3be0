//! Bodies: the one these routes answer with, the one a layer answers with, and reading a request's.

use std::convert::Infallible;
use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use zeroize::Zeroizing;

use crate::status::Rejection;

/// The most bytes a request body may have: 16 KiB.
pub(crate) const LIMIT: usize = 16 * 1024;

/// The body of an answer given by this crate: a few bytes of JSON, or nothing after `HEAD`.
#[derive(Clone, Default)]
pub struct AuthBody(Option<Bytes>);

impl AuthBody {
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self(Some(bytes))
    }
}

impl fmt::Debug for AuthBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes stay out: they may hold an access token.
        f.debug_struct("AuthBody").field("len", &self.0.as_ref().map_or(0, Bytes::len)).finish()
    }
}

impl Body for AuthBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

pin_project_lite::pin_project! {
    /// The body of what a layer of this crate answers: its own, or the inner service's untouched.
    ///
    /// The inner body keeps its type of data, so frames pass through as they are; `Bytes`, which
    /// hyper and axum use, fits, and so does whatever can be made from `Bytes`.
    #[derive(Debug)]
    pub struct LayerBody<B> {
        #[pin]
        whose: Whose<B>,
    }
}

pin_project_lite::pin_project! {
    #[project = WhoseProjection]
    #[derive(Debug)]
    enum Whose<B> {
        Own { #[pin] body: AuthBody },
        Inner { #[pin] body: B },
    }
}

impl<B> LayerBody<B> {
    pub(crate) fn own(body: AuthBody) -> Self {
        Self { whose: Whose::Own { body } }
    }

    pub(crate) fn inner(body: B) -> Self {
        Self { whose: Whose::Inner { body } }
    }
}

impl<B> Body for LayerBody<B>
where
    B: Body,
    B::Data: From<Bytes>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().whose.project() {
            WhoseProjection::Inner { body } => body.poll_frame(context),
            WhoseProjection::Own { body } => {
                body.poll_frame(context).map(|frame| frame.map(|Ok(frame)| Ok(frame.map_data(B::Data::from))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.whose {
            Whose::Own { body } => body.is_end_stream(),
            Whose::Inner { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.whose {
            Whose::Own { body } => body.size_hint(),
            Whose::Inner { body } => body.size_hint(),
        }
    }
}

/// Reads a request's body, as long as it keeps to [`LIMIT`].
///
/// A body that says beforehand that it is longer is refused before its first byte is read. What
/// was read is wiped when it is dropped, because it may hold a password.
pub(crate) async fn read<B: Body>(headers: &HeaderMap, body: B) -> Result<Zeroizing<Vec<u8>>, Rejection> {
    let announced = announced(headers).max(body.size_hint().lower());
    if announced > LIMIT as u64 {
        return Err(Rejection::TooLarge);
    }
    let mut body = pin!(body);
    // Never reallocated while it grows, so that no half of a password is left behind on the heap: a
    // server sees to it that no body is longer than announced.
    let room = usize::try_from(announced).ok().filter(|announced| *announced > 0).unwrap_or(LIMIT);
    let mut read = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Rejection::Unreadable) };
        let Ok(mut data) = frame.into_data() else { continue };
        if data.remaining() > LIMIT - read.len() {
            return Err(Rejection::TooLarge);
        }
        if read.capacity() > 0 && data.remaining() > read.capacity() - read.len() {
            // More than was announced, where no server looks at it.
            let mut longer = Zeroizing::new(Vec::with_capacity(LIMIT));
            longer.extend_from_slice(&read);
            read = longer;
        }
        if read.capacity() == 0 && data.has_remaining() {
            read.reserve_exact(room);
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            let length = chunk.len();
            read.extend_from_slice(chunk);
            data.advance(length);
        }
    }
    Ok(read)
}

/// What `Content-Length` says; 0 where it says nothing that is a number, because the bytes are
/// counted anyway.
fn announced(headers: &HeaderMap) -> u64 {
    let text = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let digits = text.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    // Digits that overflow are a length beyond every limit.
    digits.map_or(0, |digits| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use http::HeaderValue;
    use http_body_util::Full;

    use super::*;

    /// A body in pieces, without a length known beforehand, whose last piece may be an accident.
    struct Pieces(VecDeque<Result<Frame<&'static [u8]>, ()>>);

    impl Pieces {
        fn of(pieces: &[&'static [u8]]) -> Self {
            Self(pieces.iter().map(|piece| Ok(Frame::data(*piece))).collect())
        }
    }

    impl Body for Pieces {
        type Data = &'static [u8];
        type Error = ();

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<&'static [u8]>, ()>>> {
            Poll::Ready(self.0.pop_front())
        }
    }

    #[tokio::test]
    async fn pieces_of_any_type_of_data_are_put_together() {
        let body = Pieces::of(&[b"ab", b"", b"c"]);
        assert_eq!(read(&HeaderMap::new(), body).await.map(|read| read.to_vec()), Ok(b"abc".to_vec()));
    }

    #[tokio::test]
    async fn the_limit_is_met_to_the_byte() {
        static FULL: [u8; LIMIT] = [b' '; LIMIT];
        let body = Pieces::of(&[&FULL]);
        assert_eq!(read(&HeaderMap::new(), body).await.map(|read| read.len()), Ok(LIMIT));
        let body = Pieces::of(&[&FULL, b"x"]);
        assert_eq!(read(&HeaderMap::new(), body).await, Err(Rejection::TooLarge));
    }

    #[tokio::test]
    async fn a_length_that_is_announced_is_believed_before_reading() {
        let broken = || Pieces([Err(())].into());
        for (announced, expected) in [
            ("16384", Rejection::Unreadable),
            ("16385", Rejection::TooLarge),
            ("99999999999999999999999", Rejection::TooLarge),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static(announced))]);
            assert_eq!(read(&headers, broken()).await, Err(expected), "{announced}");
        }
        let sized = Full::new(Bytes::from(vec![0; LIMIT + 1]));
        assert_eq!(read(&HeaderMap::new(), sized).await, Err(Rejection::TooLarge));
    }

    #[tokio::test]
    async fn trailers_are_not_part_of_the_body() {
        let mut body = Pieces::of(&[b"a"]);
        body.0.push_back(Ok(Frame::trailers(HeaderMap::new())));
        assert_eq!(read(&HeaderMap::new(), body).await.map(|read| read.to_vec()), Ok(b"a".to_vec()));
    }
}
