/// Finds a secret number by asking about it once, where a classical program must ask once for each bit.
/// (Bernstein and Vazirani, 1993.)
namespace Secret {
    operation Find(secret : Int, bits : Int) : Result[] {
        use query = Qubit[bits];
        use answer = Qubit();
        X(answer);
        ApplyToEach(H, query);
        H(answer);

        Ask(secret, query, answer);

        ApplyToEach(H, query);
        Reset(answer);
        return MResetEachZ(query);
    }

    /// The oracle: flips the answer where query and secret have an odd number of ones in common.
    operation Ask(secret : Int, query : Qubit[], answer : Qubit) : Unit {
        for i in 0..Length(query) - 1 {
            if (secret >>> i) % 2 == 1 {
                CNOT(query[i], answer);
            }
        }
    }
}
