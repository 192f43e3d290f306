#[cache_memoize(companions = false)]
#[expect(unused_variables)]
pub async fn fib<T: Number>(n: T, (a, mut b): (u8, u8)) -> T {
    b += 1;
    T::fib(n).await
}
